// The line on which hints come: it reconnects by itself, ever more slowly, and stays down when told so.

const SHORTEST = 1000;
const LONGEST = 60_000;
const STEADY = 10_000;
const NOT_LOGGED_IN = 4401;
const CLOSED = 4403;

export class Line {
  /** `hears` gets every hint, `opened` is called on every connection. */
  constructor(address, { hears, opened }) {
    this.address = address;
    this.hears = hears;
    this.opened = opened;
    this.pause = SHORTEST;
    this.isOver = false;
    this.connect();
  }

  get isUp() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  connect() {
    this.socket = new WebSocket(this.address);
    this.socket.onopen = () => this.up();
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = (event) => this.down(event.code);
  }

  up() {
    this.steady = setTimeout(() => (this.pause = SHORTEST), STEADY);
    this.opened();
  }

  take(hint) {
    if (hint.type === "closed") this.isOver = true;
    this.hears(hint);
  }

  down(code) {
    clearTimeout(this.steady);
    if (this.isOver || code === NOT_LOGGED_IN || code === CLOSED) {
      this.isOver = true;
      return;
    }
    setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(this.pause * 2, LONGEST);
  }
}
