/** Half of the moon's day, in minutes: from one high water to the next. */
const period = 745;

/** High and low waters of a day, in minutes after midnight, from the first high water and the range in metres. */
export function tidesOf(firstHigh, range) {
  const waters = [];
  for (let minute = firstHigh; minute < 1440; minute += period / 2) {
    const high = waters.length % 2 === 0;
    waters.push({ minute: Math.round(minute), high, metres: high ? range : range / 8 });
  }
  return waters;
}

export function clock(minute) {
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}

/** Water above chart datum at a minute of the day, as a cosine between the waters around it. */
export function heightAt(minute, firstHigh, range) {
  const phase = ((minute - firstHigh) / period) * 2 * Math.PI;
  const low = range / 8;
  return low + ((range - low) * (1 + Math.cos(phase))) / 2;
}
