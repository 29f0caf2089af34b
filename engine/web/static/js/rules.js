/* The rule language in the browser: three values, exact decimals, calendar arithmetic by law.
 * evaluate(logic, env, types) gives true, false, "unknown", or a plain value (numbers and dates as text).
 * env: answers by id. A state is {"$": "empty" | "not_applicable" | "pending" | "unavailable"}; numbers may be
 * JSON integers, {"dec": text} or plain decimal text; dates {"date": ISO} or ISO text. Text is read as a number or
 * a date only where the rule needs one, or always where types[path] is "number" or "date" (columns: "list.column"). Loaded as a script it defines the global ZhunyuRules; in Node it exports.
 */
"use strict";
(function (root) {
  const UNKNOWN = "unknown";
  const LIMIT = 10n ** 30n, PLACES = 10, FINEST = 20, BUDGET = 20000, MAX_SUBJECT = 2000;
  class State { constructor(name) { this.name = name; } }
  class Num { constructor(n, s) { this.n = n; this.s = s; } }
  class Day { constructor(text) { this.text = text; } }
  const EMPTY = new State("empty"), PENDING = new State("pending"), HIDDEN = new State("not_applicable");
  const UNAVAILABLE = new State("unavailable"), GAP = new State("gap");
  const STATES = { empty: EMPTY, pending: PENDING, not_applicable: HIDDEN, unavailable: UNAVAILABLE };
  const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const isState = (value) => value instanceof State;
  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
    && !(value instanceof State) && !(value instanceof Num) && !(value instanceof Day);

  function power(places) { return 10n ** BigInt(places); }
  function number(n, s) {
    while (s > 0 && n % 10n === 0n) { n /= 10n; s -= 1; }
    const size = n < 0n ? -n : n;
    return size >= LIMIT * power(s) || s > FINEST ? GAP : new Num(n, s);
  }
  function decimal(text) {
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (!match) { return null; }
    const places = match[3] || "";
    const n = BigInt(match[1] + match[2] + places), size = n < 0n ? -n : n;
    return size >= LIMIT * power(places.length) ? GAP : new Num(n, places.length);
  }
  function shown(value) {
    const sign = value.n < 0n ? "-" : "";
    value = number(value.n, value.s) === GAP ? value : number(value.n, value.s);
    const digits = (value.n < 0n ? -value.n : value.n).toString().padStart(value.s + 1, "0");
    return sign + (value.s ? digits.slice(0, -value.s) + "." + digits.slice(-value.s) : digits);
  }
  function aligned(a, b) {
    const s = Math.max(a.s, b.s);
    return [a.n * power(s - a.s), b.n * power(s - b.s), s];
  }
  function order(a, b) { const [x, y] = aligned(a, b); return x < y ? -1 : x > y ? 1 : 0; }

  const MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const leap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const monthLength = (year, month) => month === 2 && leap(year) ? 29 : MONTH[month - 1];
  function day(year, month, date) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || date < 1 || date > monthLength(year, month)) { return null; }
    return new Day(String(year).padStart(4, "0") + "-" + String(month).padStart(2, "0") + "-" + String(date).padStart(2, "0"));
  }
  function parseDay(text) {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    return match ? day(Number(match[1]), Number(match[2]), Number(match[3])) : null;
  }
  const fields = (value) => value.text.split("-").map(Number);
  function ordinal(value) {
    const [year, month, date] = fields(value);
    const before = year - 1;
    let count = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) + date;
    for (let each = 1; each < month; each += 1) { count += monthLength(year, each); }
    return count;
  }
  function fromOrdinal(count) {
    if (count < 1 || count > 3652059) { return GAP; }
    let year = Math.max(1, Math.floor(count / 366));
    while (ordinal(day(year, 12, 31)) < count) { year += 1; }
    let rest = count - ordinal(day(year, 1, 1)) + 1, month = 1;
    while (rest > monthLength(year, month)) { rest -= monthLength(year, month); month += 1; }
    return day(year, month, rest);
  }
  function shift(value, months) {
    const [year, month, date] = fields(value);
    const total = year * 12 + month - 1 + months;
    const y = Math.floor(total / 12), m = total - y * 12 + 1;
    return y < 1 || y > 9999 ? GAP : day(y, m, Math.min(date, monthLength(y, m)));
  }
  function whole(value) {
    value = number(value.n, value.s);
    if (value === GAP || value.s !== 0) { return null; }
    const size = value.n < 0n ? -value.n : value.n;
    return size <= 3720000n ? Number(value.n) : null;
  }
  function monthsBetween(start, end) {
    if (end.text < start.text) { return -monthsBetween(end, start); }
    const [y1, m1] = fields(start), [y2, m2] = fields(end);
    const count = (y2 - y1) * 12 + m2 - m1, reached = shift(start, count);
    return reached !== GAP && reached.text <= end.text ? count : count - 1;
  }
  function yearsBetween(start, end) {
    const count = Math.floor(Math.abs(monthsBetween(start, end)) / 12);
    return end.text >= start.text ? count : -count;
  }
  const integer = (value) => new Num(BigInt(value), 0);
  function workdays(start, end, calendar) {
    if (end.text < start.text) {
      const back = workdays(end, start, calendar);
      return back === GAP ? GAP : new Num(-back.n, 0);
    }
    const first = ordinal(start), last = ordinal(end);
    if (last - first > 40000) { return GAP; }
    let count = 0;
    for (let each = first + 1; each <= last; each += 1) {
      const key = fromOrdinal(each).text, mark = own(calendar, key) ? calendar[key] : undefined;
      if (mark === "班" || (mark !== "休" && (each + 6) % 7 < 5)) { count += 1; }
    }
    return integer(count);
  }
  function addWorkdays(start, count, calendar) {
    let left = whole(count), at = ordinal(start);
    if (left === null || Math.abs(left) > 40000) { return GAP; }
    const step = left > 0 ? 1 : -1;
    let found = start;
    while (left !== 0) {
      at += step;
      found = fromOrdinal(at);
      if (found === GAP) { return GAP; }
      const mark = own(calendar, found.text) ? calendar[found.text] : undefined;
      if (mark === "班" || (mark !== "休" && (at + 6) % 7 < 5)) { left -= step; }
    }
    return found;
  }

  const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  function creditCode(code) {
    if (Array.from(code).length !== 18 || !/^\d{6}$/.test(code.slice(2, 8))) { return false; }
    let total = 0, weight = 1;
    for (let each = 0; each < 18; each += 1) {
      const place = CREDIT.indexOf(code[each]);
      if (place < 0) { return false; }
      if (each < 17) { total += place * weight; weight = weight * 3 % 31; }
    }
    return CREDIT[(31 - total % 31) % 31] === code[17];
  }
  const PROVINCES = new Set(("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    + " 71 81 82 83").split(" "));
  function birthDate(code) {
    const match = /^.{6}(\d{4})(\d{2})(\d{2})/u.exec(code);
    return match ? day(Number(match[1]), Number(match[2]), Number(match[3])) || GAP : GAP;
  }
  function identity(code, today) {
    if (!/^\d{17}[\dX]$/.test(code) || !PROVINCES.has(code.slice(0, 2))) { return false; }
    const born = birthDate(code);
    if (born === GAP || born.text > today.text || yearsBetween(born, today) > 120) { return false; }
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const total = weights.reduce((sum, weight, place) => sum + weight * Number(code[place]), 0);
    return "10X98765432"[total % 11] === code[17];
  }
  const later = (value, count, unit) => {
    const steps = whole(count);
    if (steps === null) { return GAP; }
    return unit ? shift(value, steps * unit) : fromOrdinal(ordinal(value) + steps);
  };
  const FUNCTIONS = {
    days: ["dd", (a, b) => integer(ordinal(b) - ordinal(a))],
    months: ["dd", (a, b) => integer(monthsBetween(a, b))],
    years: ["dd", (a, b) => integer(yearsBetween(a, b))],
    age: ["dd", (a, b) => b.text >= a.text ? integer(yearsBetween(a, b)) : GAP],
    full_years: ["dnd", (a, n, b) => { const due = later(a, n, 12); return due === GAP ? GAP : due.text <= b.text; }],
    add_days: ["dn", (a, n) => later(a, n, 0)],
    add_months: ["dn", (a, n) => later(a, n, 1)],
    add_years: ["dn", (a, n) => later(a, n, 12)],
    workdays: ["ddr", workdays],
    add_workdays: ["dnr", addWorkdays],
    uscc_valid: ["t", creditCode],
    id_valid: ["td", identity],
    birth_date: ["t", birthDate],
  };

  function settle(value) {
    if (value === undefined || value === null || value === "") { return EMPTY; }
    if (typeof value === "number") { return Number.isSafeInteger(value) ? integer(value) : GAP; }
    if (isRecord(value)) {
      const keys = Object.keys(value);
      if (keys.length === 1) {
        if (keys[0] === "$") { return STATES[value.$] || GAP; }
        if (keys[0] === "dec") { return decimal(String(value.dec)) || GAP; }
        if (keys[0] === "date") { return parseDay(value.date) || GAP; }
      }
    }
    return value;
  }
  function walk(value, keys) {
    for (let index = 0; index < keys.length; index += 1) {
      value = settle(value);
      if (isState(value)) { return value; }
      if (Array.isArray(value)) { return value.map((row) => walk(row, keys.slice(index))); }
      if (!isRecord(value)) { return GAP; }
      value = own(value, keys[index]) ? value[keys[index]] : EMPTY;
    }
    return settle(value);
  }
  function group(value) {
    if (value instanceof Num) { return "n"; }
    if (value instanceof Day) { return "d"; }
    return typeof value === "string" ? "t" : typeof value === "boolean" ? "b" : "";
  }
  function as(value, kind) {
    if (typeof value !== "string" || kind === "t") { return value; }
    return (kind === "n" ? decimal(value) : kind === "d" ? parseDay(value) : null) || value;
  }
  function equal(a, b) {
    if (isState(a)) { return a; }
    if (isState(b)) { return b; }
    a = as(a, group(b));
    b = as(b, group(a));
    const kind = group(a);
    if (!kind || kind !== group(b)) { return GAP; }
    return kind === "n" ? order(a, b) === 0 : kind === "d" ? a.text === b.text : a === b;
  }
  function compare(name, a, b) {
    if (isState(a)) { return a; }
    if (isState(b)) { return b; }
    a = as(a, group(b));
    b = as(b, group(a));
    if (group(a) === "t" && group(b) === "t") {
      for (const kind of ["n", "d"]) {
        if (group(as(a, kind)) === kind && group(as(b, kind)) === kind) { a = as(a, kind); b = as(b, kind); break; }
      }
    }
    const kind = group(a);
    if ((kind !== "n" && kind !== "d") || kind !== group(b)) { return GAP; }
    const sign = kind === "n" ? order(a, b) : a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    return name === ">" ? sign > 0 : name === "<" ? sign < 0 : name === ">=" ? sign >= 0 : sign <= 0;
  }
  const listed = (value) => isRecord(value) ? Object.keys(value) : value;
  function rowsOf(value) {
    value = listed(value);
    return value === EMPTY ? [] : isState(value) || Array.isArray(value) ? value : GAP;
  }
  function gather(items, stop, judge) {
    let doubt = !stop;
    for (const item of items) {
      const result = judge(item);
      if (result === stop) { return stop; }
      if (typeof result !== "boolean" && typeof doubt === "boolean") { doubt = result; }
    }
    return doubt;
  }
  const holds = (many, needle) => gather(many, true, (item) => equal(settle(item), needle));
  function member(needle, hay) {
    hay = listed(hay);
    if (isState(needle)) { return needle; }
    if (isState(hay)) { return hay; }
    if (Array.isArray(hay)) { return holds(hay, needle); }
    return typeof needle === "string" && typeof hay === "string" ? hay.includes(needle) : GAP;
  }
  function sets(left, right, stop) {
    left = listed(left);
    right = listed(right);
    for (const side of [left, right]) { if (!Array.isArray(side)) { return isState(side) ? side : GAP; } }
    return gather(left, stop, (item) => { item = settle(item); return isState(item) ? item : holds(right, item); });
  }

  function distinct(value) {
    const rows = rowsOf(value);
    if (isState(rows)) { return rows; }
    const seen = new Set();
    let doubt = true;
    for (const item of rows) {
      const one = settle(item);
      if (one === EMPTY || one === HIDDEN) { continue; }
      const kind = group(one);
      if (!kind) { doubt = doubt === true ? (isState(one) ? one : GAP) : doubt; continue; }
      const key = kind + (kind === "n" ? shown(one) : kind === "d" ? one.text : String(one));
      if (seen.has(key)) { return false; }
      seen.add(key);
    }
    return doubt;
  }

  function numbers(values) {
    const out = [];
    for (let value of values) {
      if (isState(value)) { return value; }
      value = as(value, "n");
      if (!(value instanceof Num)) { return GAP; }
      out.push(value);
    }
    return out;
  }
  function fold(values, start, join) {
    const given = numbers(values);
    if (!Array.isArray(given)) { return given; }
    let result = start;
    for (const value of given) {
      result = join(result, value);
      if (result === GAP) { return GAP; }
    }
    return result;
  }
  const plus = (a, b) => { const [x, y, s] = aligned(a, b); return number(x + y, s); };
  const total = (values) => fold(values, integer(0), plus);
  const product = (values) => fold(values, integer(1), (a, b) => number(a.n * b.n, a.s + b.s));
  function difference(values) {
    const given = numbers(values);
    if (!Array.isArray(given)) { return given; }
    const [a, b] = given.length === 1 ? [integer(0), given[0]] : given;
    return plus(a, new Num(-b.n, b.s));
  }
  function quotient(values) {
    const given = numbers(values);
    if (!Array.isArray(given)) { return given; }
    const [x, y] = aligned(given[0], given[1]);
    if (y === 0n) { return GAP; }
    const negative = (x < 0n) !== (y < 0n), up = (x < 0n ? -x : x) * power(PLACES), down = y < 0n ? -y : y;
    const result = (up * 2n + down) / (down * 2n);
    return number(negative ? -result : result, PLACES);
  }
  function extreme(values, sign) {
    if (values.length === 1 && Array.isArray(values[0])) { values = values[0].map(settle); }
    if (!values.length) { return GAP; }
    const state = values.find(isState);
    if (state) { return state; }
    let kind = values.map(group).find((each) => each === "n" || each === "d");
    kind = kind || (values.every((value) => as(value, "n") instanceof Num) ? "n" : "d");
    values = values.map((value) => as(value, kind));
    if (values.some((value) => group(value) !== kind)) { return GAP; }
    return values.reduce((best, value) => {
      const step = kind === "n" ? order(value, best) : value.text < best.text ? -1 : value.text > best.text ? 1 : 0;
      return step * sign > 0 ? value : best;
    });
  }

  const PATTERNS = new Map();
  function pattern(text) {
    if (!PATTERNS.has(text)) {
      let body = text.startsWith("^") ? text.slice(1) : text, out = "", inside = false;
      if (body.endsWith("$") && !body.endsWith("\\$")) { body = body.slice(0, -1); }
      for (let at = 0; at < body.length; at += 1) {
        const sign = body[at];
        if (sign === "\\") {
          at += 1;
          const plain = { d: "0-9", w: "A-Za-z0-9_" }[body[at]];
          const inverse = { D: "[^0-9]", W: "[^A-Za-z0-9_]" }[body[at]];
          out += plain ? (inside ? plain : "[" + plain + "]") : inverse || (inside || body[at] !== "-" ? "\\" + body[at] : "-");
        } else if (inside) { inside = sign !== "]"; out += sign; }
        else if (sign === "[") { inside = true; out += sign; if (body[at + 1] === "^") { out += "^"; at += 1; } }
        else { out += sign === "." ? "[^\\n]" : sign === "/" ? "\\/" : sign; }
      }
      PATTERNS.set(text, new RegExp("^(?:" + out + ")$", "u"));
    }
    return PATTERNS.get(text);
  }
  function matches(text, source) {
    if (isState(text)) { return text; }
    if (typeof text !== "string") { return GAP; }
    return Array.from(text).length > MAX_SUBJECT ? GAP : pattern(source).test(text);
  }
  function lookup([table, ...keys]) {
    const state = [table, ...keys].find(isState);
    if (state) { return state; }
    if (Array.isArray(table)) {
      for (const row of table) {
        const cells = isRecord(row) ? Object.values(row) : [];
        if (cells.length > keys.length && keys.every((key, at) => equal(settle(cells[at]), key) === true)) {
          return settle(cells[cells.length - 1]);
        }
      }
      return GAP;
    }
    for (const key of keys) {
      const name = key instanceof Num ? shown(key) : String(key);
      if (!isRecord(table) || !own(table, name)) { return GAP; }
      table = table[name];
    }
    return settle(table);
  }
  function apply(name, values) {
    const [kinds, run] = FUNCTIONS[name];
    const given = [];
    for (let at = 0; at < values.length; at += 1) {
      const kind = kinds[at], value = as(values[at], kind);
      if (isState(value)) { return value; }
      if (kind === "r" ? !isRecord(value) : group(value) !== kind) { return GAP; }
      given.push(value);
    }
    return run(...given);
  }

  function place(path, frame) {
    while (path.startsWith("^.")) { path = path.slice(2); frame = frame.outer; }
    const full = frame.env ? path : path ? frame.path + "." + path : frame.path;
    return { frame, keys: path ? path.split(".") : [], full, types: frame.types };
  }
  function typed(value, kind) {
    if (Array.isArray(value)) { return value.map((item) => typed(settle(item), kind)); }
    return typeof value === "string" ? as(value, kind === "number" ? "n" : "d") : value;
  }
  function variable(path, inner) {
    const { frame, keys, full, types } = place(path, inner);
    let value;
    if (frame.env) {
      value = own(frame.env, keys[0]) ? walk(frame.env[keys[0]], keys.slice(1)) : PENDING;
    } else {
      value = walk(frame.row, keys);
    }
    return own(types, full) ? typed(value, types[full]) : value;
  }
  function quantify(stop, given, frame) {
    const rows = rowsOf(run(given[0], frame));
    if (isState(rows)) { return rows; }
    const budget = frame.env ? { left: BUDGET } : frame.budget;
    const path = place(given[0].var, frame).full;
    let doubt = !stop;
    for (const row of rows) {
      budget.left -= 1;
      if (budget.left < 0) { return GAP; }
      const result = run(given[1], { row, outer: frame, budget, path, types: frame.types });
      if (result === stop) { return stop; }
      if (typeof result !== "boolean" && typeof doubt === "boolean") { doubt = result; }
    }
    return doubt;
  }
  const judged = (value, turn) => typeof value === "boolean" ? turn(value) : value;
  const STRICT = {
    "==": (v) => equal(v[0], v[1]),
    "!=": (v) => judged(equal(v[0], v[1]), (same) => !same),
    ">": (v) => compare(">", v[0], v[1]),
    "<": (v) => compare("<", v[0], v[1]),
    ">=": (v) => compare(">=", v[0], v[1]),
    "<=": (v) => compare("<=", v[0], v[1]),
    "!": (v) => judged(v[0], (value) => !value),
    in: (v) => member(v[0], v[1]),
    intersects: (v) => sets(v[0], v[1], true),
    subset: (v) => sets(v[0], v[1], false),
    empty: (v) => v[0] === EMPTY || v[0] === HIDDEN ? true : isState(v[0]) ? v[0] : Array.isArray(v[0]) && !v[0].length,
    unavailable: (v) => v[0] === UNAVAILABLE,
    matches: (v) => matches(v[0], v[1]),
    count: (v) => { const rows = rowsOf(v[0]); return isState(rows) ? rows : integer(rows.length); },
    distinct: (v) => distinct(v[0]),
    sum: (v) => { const rows = rowsOf(v[0]); return isState(rows) ? rows : total(rows.map(settle)); },
    "+": total,
    "*": product,
    "-": difference,
    "/": quotient,
    max: (v) => extreme(v, 1),
    min: (v) => extreme(v, -1),
    lookup,
    entry: (v) => {
      const state = v.slice(0, 2).find(isState);
      if (state) { return state; }
      const found = isRecord(v[0]) && own(v[0], v[1]) ? v[0][v[1]] : null;
      return isRecord(found) ? walk(found, [v[2]]) : GAP;
    },
  };
  function run(logic, frame) {
    if (Array.isArray(logic)) { return logic.map((item) => run(item, frame)); }
    if (typeof logic === "number") { return settle(logic); }
    if (logic === null || typeof logic !== "object") { return logic; }
    const name = Object.keys(logic)[0], given = logic[name];
    if (name === "var") { return variable(given, frame); }
    if (name === "dec" || name === "date") { return settle(logic); }
    if (name === "and" || name === "or") { return gather(given, name === "or", (part) => run(part, frame)); }
    if (name === "all" || name === "some") { return quantify(name === "some", given, frame); }
    if (name === "if") {
      const truth = run(given[0], frame);
      return typeof truth === "boolean" ? run(given[truth ? 1 : 2], frame) : isState(truth) ? truth : GAP;
    }
    const values = given.map((part) => run(part, frame));
    if (own(STRICT, name)) { return STRICT[name](values); }
    return own(FUNCTIONS, name) ? apply(name, values) : GAP;
  }
  function plain(value) {
    if (isState(value)) { return UNKNOWN; }
    if (value instanceof Num) { return shown(value); }
    if (value instanceof Day) { return value.text; }
    return Array.isArray(value) ? value.map((item) => plain(settle(item))) : value;
  }
  function evaluate(logic, env, types) { return plain(run(logic, { env: env || {}, types: types || {} })); }

  const api = { evaluate, UNKNOWN };
  if (typeof module === "object" && module.exports) { module.exports = api; } else { root.ZhunyuRules = api; }
})(typeof globalThis === "object" ? globalThis : this);
