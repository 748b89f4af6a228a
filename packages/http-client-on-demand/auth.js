/** Sends a bearer token with every request; the real client asks it to. */
export class BearerCredentialHandler {
  constructor(token) {
    this.token = token;
  }
  prepareRequest(options) {
    options.headers.Authorization = `Bearer ${this.token}`;
  }
  canHandleAuthentication() {
    return false;
  }
}
