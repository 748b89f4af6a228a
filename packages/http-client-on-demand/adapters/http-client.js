export { HttpClient } from "@actions/http-client";
