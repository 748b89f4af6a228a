import { heightAt } from "./tides.js";

/** The day's curve as an SVG path, loaded when somebody asks for it. */
export function drawChart({ name, firstHigh, range }) {
  const points = [];
  for (let minute = 0; minute <= 1440; minute += 15) {
    const y = 100 - (heightAt(minute, firstHigh, range) / 8) * 100;
    points.push(`${(minute / 4).toFixed(1)},${y.toFixed(1)}`);
  }
  const hours = [6, 12, 18].map((hour) => `<line x1="${hour * 15}" y1="0" x2="${hour * 15}" y2="100" stroke="#9ab" />`);
  return `<svg viewBox="0 0 360 100" role="img" aria-label="Tide at ${name}">${hours.join("")}<polyline points="${points.join(" ")}" fill="none" stroke="#246" /></svg>`;
}
