export { getExecOutput } from "@actions/exec";
