import "./style.css";
import { harbours } from "./harbours.js";
import { clock, tidesOf } from "./tides.js";

function rowsOf(harbour) {
  return tidesOf(harbour.firstHigh, harbour.range)
    .map(({ minute, high, metres }) => `<tr class="${high ? "high" : "low"}"><td>${clock(minute)}</td><td>${metres.toFixed(1)} m</td></tr>`)
    .join("");
}

const choice = document.querySelector("select");
const table = document.querySelector("table");
const picture = document.querySelector("figure");
const chosen = () => harbours.find(({ name }) => name === choice.value) ?? harbours[0];

choice.innerHTML = harbours.map(({ name }) => `<option>${name}</option>`).join("");
choice.addEventListener("change", () => {
  table.innerHTML = rowsOf(chosen());
});
document.querySelector("button").addEventListener("click", async () => {
  const { drawChart } = await import("./chart.js");
  picture.innerHTML = drawChart(chosen());
});
table.innerHTML = rowsOf(chosen());
