export const harbours = [
  { name: "Brest", firstHigh: 251, range: 6.1 },
  { name: "Cuxhaven", firstHigh: 118, range: 3.3 },
  { name: "Dover", firstHigh: 42, range: 6.0 },
  { name: "Esbjerg", firstHigh: 160, range: 1.8 },
  { name: "Galway", firstHigh: 305, range: 4.5 },
  { name: "Oban", firstHigh: 340, range: 3.4 },
  { name: "Vlissingen", firstHigh: 77, range: 4.4 },
];
