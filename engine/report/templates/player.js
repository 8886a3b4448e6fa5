"use strict";
// Plays the recording that stands beside it in the page. Reads that element, writes into its own section, asks nobody.
(() => {
  const section = document.getElementById("player");
  const cast = JSON.parse(document.getElementById("recording").textContent);
  const part = (name) => section.querySelector("." + name);
  const TOKENS = /\x1b\[([?>=]?)([\d;:]*)([@-~])|\x1b([78DEM])|\x1b[()][0-9A-Za-z]|\x1b[=>]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g;
  const UNFINISHED = /\x1b(?:\[[?>=]?[\d;:]*)?$/;
  const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
  const MARK = /^[\p{M}\u200d\ufe0f]/u;
  const PLAIN = Object.freeze({});
  const IDLE = 2; // seconds to which a pause is cut
  const BASE = ["#6b7280", "#f4726b", "#7ec67a", "#e5b95c", "#7aa8f8", "#cf8ef0", "#5fc9d2", "#d5d8de",
    "#8a919e", "#ff968f", "#a0e29b", "#ffd885", "#a3c4ff", "#e2b4ff", "#8ee6ee", "#ffffff"]; // as the outputs

  function colour(n) {
    if (n < 16) return BASE[n];
    if (n > 231) return `rgb(${Array(3).fill((n - 232) * 10 + 8)})`;
    const level = (one) => (one ? one * 40 + 55 : 0);
    return `rgb(${[Math.floor((n - 16) / 36), Math.floor((n - 16) / 6) % 6, (n - 16) % 6].map(level)})`;
  }

  class Screen {
    constructor(columns, rows) {
      [this.columns, this.rows] = [columns, rows];
      this.grid = this.blank();
      [this.x, this.y, this.top, this.bottom] = [0, 0, 0, rows - 1];
      [this.style, this.saved, this.other, this.rest] = [PLAIN, [0, 0, PLAIN], null, ""];
    }

    blank() { return Array.from({ length: this.rows }, () => []); }

    resize(columns, rows) {
      while (this.grid.length > rows) this.grid.length > this.y + 1 ? this.grid.pop() : (this.grid.shift(), this.y--);
      while (this.grid.length < rows) this.grid.push([]);
      [this.columns, this.rows, this.top, this.bottom] = [columns, rows, 0, rows - 1];
      this.move(this.x, this.y);
    }

    move(x, y) {
      this.x = Math.max(0, Math.min(x, this.columns - 1));
      this.y = Math.max(0, Math.min(y, this.rows - 1));
    }

    write(data) {
      const text = this.rest + data;
      const cut = UNFINISHED.exec(text);
      this.rest = cut ? cut[0] : "";
      for (const token of (cut ? text.slice(0, cut.index) : text).matchAll(TOKENS)) {
        if (token[3]) this.control(token[1], token[2], token[3]);
        else if (token[4]) this.escape(token[4]);
        else if (token[0] >= " " && token[0][0] !== "\x7f") for (const one of token[0]) this.put(one);
        else this.obey(token[0]);
      }
    }

    put(one) {
      const row = () => this.grid[this.y];
      if (MARK.test(one)) {
        const cell = row()[this.x - 1];
        if (cell) row()[this.x - 1] = [cell[0] + one, cell[1]];
        return;
      }
      const width = WIDE.test(one) ? 2 : 1;
      if (this.x + width > this.columns) { this.x = 0; this.feed(); }
      row()[this.x++] = [one, this.style];
      if (width === 2) row()[this.x++] = ["", this.style];
    }

    feed() {
      if (this.y === this.bottom) this.scroll(1);
      else this.move(this.x, this.y + 1);
    }

    scroll(by) {
      for (let n = Math.min(Math.abs(by), this.rows); n > 0; n--) {
        this.grid.splice(by > 0 ? this.top : this.bottom, 1);
        this.grid.splice(by > 0 ? this.bottom : this.top, 0, []);
      }
    }

    obey(code) {
      if (code === "\n") this.feed();
      else if (code === "\r") this.x = 0;
      else if (code === "\b") this.x = Math.max(0, this.x - 1);
      else if (code === "\t") this.x = Math.min(this.columns - 1, (Math.floor(this.x / 8) + 1) * 8);
    }

    escape(letter) {
      if (letter === "7") this.saved = [this.x, this.y, this.style];
      else if (letter === "8") [this.x, this.y, this.style] = this.saved;
      else if (letter === "M") this.y === this.top ? this.scroll(-1) : this.move(this.x, this.y - 1);
      else { if (letter === "E") this.x = 0; this.feed(); }
    }

    control(mark, numbers, letter) {
      const all = numbers.split(/[;:]/).map(Number);
      const [first, second] = all;
      const n = first || 1;
      const row = this.grid[this.y];
      if (mark) { if (mark === "?" && "hl".includes(letter) && [47, 1047, 1049].includes(first)) this.swap(letter === "h"); return; }
      switch (letter) {
        case "m": this.paint(numbers === "" ? [0] : all); break;
        case "A": this.move(this.x, this.y - n); break;
        case "B": case "e": this.move(this.x, this.y + n); break;
        case "C": case "a": this.move(this.x + n, this.y); break;
        case "D": this.move(this.x - n, this.y); break;
        case "E": this.move(0, this.y + n); break;
        case "F": this.move(0, this.y - n); break;
        case "G": case "`": this.move(n - 1, this.y); break;
        case "d": this.move(this.x, n - 1); break;
        case "H": case "f": this.move((second || 1) - 1, n - 1); break;
        case "K": this.erase(row, first ? 0 : this.x, first === 1 ? this.x + 1 : this.columns); break;
        case "J": this.clear(first || 0); break;
        case "P": row.splice(this.x, n); break;
        case "@": row.splice(this.x, 0, ...Array(Math.min(n, this.columns)).fill([" ", PLAIN])); row.length = Math.min(row.length, this.columns); break;
        case "X": this.erase(row, this.x, Math.min(this.x + n, this.columns)); break;
        case "L": case "M": this.shift(letter === "M" ? n : -n); break;
        case "S": this.scroll(n); break;
        case "T": this.scroll(-n); break;
        case "r": this.bound(n - 1, (second || this.rows) - 1); break;
        case "s": this.saved = [this.x, this.y, this.style]; break;
        case "u": [this.x, this.y, this.style] = this.saved; break;
      }
    }

    bound(top, bottom) {
      if (top >= bottom || bottom >= this.rows) [top, bottom] = [0, this.rows - 1];
      [this.top, this.bottom, this.x, this.y] = [top, bottom, 0, 0];
    }

    shift(by) {
      const top = this.top;
      if (this.y >= top && this.y <= this.bottom) { this.top = this.y; this.scroll(by); this.top = top; }
    }

    erase(row, from, to) { for (let x = from; x < to; x++) row[x] = [" ", this.style.k ? { k: this.style.k } : PLAIN]; }

    clear(how) {
      if (how >= 2) this.grid = this.blank();
      else if (how === 1) { for (let y = 0; y < this.y; y++) this.grid[y] = []; this.erase(this.grid[this.y], 0, this.x + 1); }
      else { this.grid[this.y].length = Math.min(this.grid[this.y].length, this.x); for (let y = this.y + 1; y < this.rows; y++) this.grid[y] = []; }
    }

    swap(on) {
      if (on === Boolean(this.other)) return;
      if (on) { this.other = [this.grid, this.x, this.y]; this.grid = this.blank(); }
      else { [this.grid, this.x, this.y] = this.other; this.other = null; this.resize(this.columns, this.rows); }
    }

    paint(all) {
      let style = this.style;
      for (let i = 0; i < all.length; i++) {
        const n = all[i];
        if (n === 0) style = PLAIN;
        else if (n === 1) style = { ...style, b: true };
        else if (n === 2) style = { ...style, d: true };
        else if (n === 3) style = { ...style, i: true };
        else if (n === 4) style = { ...style, u: true };
        else if (n === 7) style = { ...style, r: true };
        else if (n === 22) style = { ...style, b: false, d: false };
        else if (n === 23) style = { ...style, i: false };
        else if (n === 24) style = { ...style, u: false };
        else if (n === 27) style = { ...style, r: false };
        else if (n === 39) style = { ...style, f: "" };
        else if (n === 49) style = { ...style, k: "" };
        else if ((n === 38 || n === 48) && all[i + 1] === 5) { style = { ...style, [n === 38 ? "f" : "k"]: colour(Math.min(all[i + 2] || 0, 255)) }; i += 2; }
        else if ((n === 38 || n === 48) && all[i + 1] === 2) { style = { ...style, [n === 38 ? "f" : "k"]: `rgb(${all.slice(i + 2, i + 5).map((one) => Math.min(one || 0, 255))})` }; i += 4; }
        else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97)) style = { ...style, f: colour(n >= 90 ? n - 82 : n - 30) };
        else if ((n >= 40 && n <= 47) || (n >= 100 && n <= 107)) style = { ...style, k: colour(n >= 100 ? n - 92 : n - 40) };
      }
      this.style = style;
    }

    draw(into) {
      const shown = document.createDocumentFragment();
      for (const row of this.grid) {
        for (let x = 0; x < row.length;) {
          const style = row[x] ? row[x][1] : PLAIN;
          let text = "";
          for (; x < row.length && (row[x] ? row[x][1] : PLAIN) === style; x++) text += row[x] ? row[x][0] : " ";
          shown.append(style === PLAIN ? text : styled(text, style));
        }
        shown.append("\n");
      }
      into.replaceChildren(shown);
    }
  }

  function styled(text, style) {
    const span = document.createElement("span");
    const [ink, paper] = style.r ? [style.k || "#16181d", style.f || "#e6e6e6"] : [style.f, style.k];
    span.textContent = text;
    span.style.color = ink || "";
    span.style.background = paper || "";
    span.style.fontWeight = style.b ? "700" : "";
    span.style.opacity = style.d ? ".65" : "";
    span.style.fontStyle = style.i ? "italic" : "";
    span.style.textDecoration = style.u ? "underline" : "";
    return span;
  }

  // Time.

  const [play, scrub, clock, speed, cut, screenAt, steps] = ["play", "scrub", "clock", "speed", "cut", "screen", "steps"].map(part);
  let times = [], screen, done, now = 0, playing = false, last = 0;

  function count() {
    let at = 0, before = 0;
    times = cast.events.map(([moment]) => {
      const pause = moment - before;
      before = moment;
      return (at += cut.checked ? Math.min(pause, IDLE) : pause);
    });
    scrub.max = String(times.length ? times[times.length - 1] : 0);
  }

  function begin() {
    screen = new Screen(cast.columns, cast.rows);
    done = 0;
  }

  function go(to) {
    now = Math.max(0, Math.min(to, Number(scrub.max)));
    if (done && times[done - 1] > now) begin();
    for (; done < times.length && times[done] <= now; done++) {
      const [, kind, data] = cast.events[done];
      if (kind === "o") screen.write(data);
      else if (kind === "r") screen.resize(...data.split("x").map(Number));
    }
    screen.draw(screenAt);
    scrub.value = String(now);
    clock.textContent = `${asClock(now)} / ${asClock(Number(scrub.max))}`;
  }

  const asClock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  function set(on) {
    playing = on;
    play.textContent = on ? "❚❚ pause" : "▶ play";
    if (!on) return;
    if (now >= Number(scrub.max)) go(0);
    last = performance.now();
    requestAnimationFrame(turn);
  }

  function turn(at) {
    if (!playing) return;
    go(now + Math.max(0, at - last) / 1000 * Number(speed.value));
    last = at;
    if (now >= Number(scrub.max)) set(false);
    else requestAnimationFrame(turn);
  }

  play.addEventListener("click", () => set(!playing));
  scrub.addEventListener("input", () => go(Number(scrub.value)));
  cut.addEventListener("change", () => { const here = done; count(); begin(); go(here ? times[here - 1] : 0); });
  cast.events.forEach(([, kind, data], place) => {
    if (kind !== "m" || !data.startsWith("▶")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = data;
    button.addEventListener("click", () => go(times[place]));
    steps.append(button);
  });
  section.hidden = false;
  count();
  begin();
  go(0);
})();
