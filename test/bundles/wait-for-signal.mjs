// Loaded before a bundle: sends the signal that the test names once the bundle listens for it, so that nothing depends on timing.
const signal = process.env.TEST_SIGNAL;
process.on("newListener", (name) => {
  if (name === signal) setImmediate(() => process.kill(process.pid, signal));
});
