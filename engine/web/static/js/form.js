// A generated form in the browser: shows and hides fields by the matter's own conditions, adds and removes table
// rows, and asks the server to save and judge when a group is left. Without it every button still works.
(function () {
  "use strict";
  var form = document.getElementById("application");
  if (!form) return;
  document.documentElement.classList.add("scripted");
  var script = document.getElementById("form-rules");
  var rules = script ? JSON.parse(script.textContent) : { when: {}, kinds: {}, known: {} };
  var PENDING = { $: "pending" }, HIDDEN = { $: "not_applicable" };

  var told = {}; // what the server last said of fields whose condition the answers given do not decide
  form.querySelectorAll("[data-field]").forEach(function (box) { told[box.getAttribute("data-field")] = !box.hidden; });

  function fieldOf(id) { return form.querySelector('[data-field="' + id + '"]'); }
  function blank(text) { return text === "" ? PENDING : text; }

  function read(kind, name, scope) {
    var inputs = Array.prototype.filter.call(scope.querySelectorAll("[name]"), function (input) {
      return input.name === name || input.name.indexOf(name + ".") === 0;
    });
    var exact = inputs.filter(function (input) { return input.name === name; });
    if (kind === "多选") {
      var chosen = exact.filter(function (input) { return input.checked || input.type === "hidden"; });
      return chosen.length ? chosen.map(function (input) { return input.value; }) : PENDING;
    }
    if (kind === "人员" || kind === "区街道") {
      var parts = {}, any = false;
      inputs.forEach(function (input) {
        var text = input.value.trim();
        parts[input.name.slice(name.length + 1)] = blank(text);
        any = any || text !== "";
      });
      return any ? parts : PENDING;
    }
    var value = exact.reduce(function (found, input) {
      if (input.type === "radio" || input.type === "checkbox") return input.checked ? input.value : found;
      return input.value.trim() || found;
    }, "");
    if (value === "") return PENDING;
    if (kind === "是否") return value === "是";
    if (kind === "承诺") return true;
    if (kind === "数" || kind === "金额" || kind === "整数") return value.normalize("NFKC").replace(/[,\s]/g, "");
    return value;
  }

  function readRows(id, box) {
    var rows = [];
    box.querySelectorAll("tbody > tr[data-row]").forEach(function (row) {
      var cells = {}, any = false;
      row.querySelectorAll("[name]").forEach(function (input) {
        if (input.name === "_do") return;
        var column = input.name.split(".")[2], text = input.value.trim();
        if ((input.type === "checkbox" || input.type === "radio") && !input.checked) return;
        cells[column] = blank(text);
        any = any || text !== "";
      });
      if (any) rows.push(cells);
    });
    return rows.length ? rows : PENDING;
  }

  function answers() {
    var env = Object.assign({}, rules.known);
    Object.keys(rules.kinds).forEach(function (id) {
      var box = fieldOf(id), kind = rules.kinds[id].kind;
      if (box) env[id] = kind === "表格" ? readRows(id, box) : read(kind, id, box);
    });
    return env;
  }

  function show(id, visible) {
    var box = fieldOf(id);
    if (box && box.hidden === visible) box.hidden = !visible;
  }

  function showGroups() {
    form.querySelectorAll("[data-group]").forEach(function (group) {
      group.hidden = !group.querySelector("[data-field]:not([hidden])");
      var part = document.querySelector('[data-part="' + group.dataset.group + '"]');
      if (part) part.hidden = group.hidden;
    });
  }

  // A hidden field counts as not applicable for the conditions that read it, so go round until nothing moves.
  function conditions() {
    if (!window.ZhunyuRules) return;
    var env = answers(), ids = Object.keys(rules.when), hidden = {};
    for (var round = 0; round <= ids.length; round += 1) {
      var moved = false;
      ids.forEach(function (id) {
        var truths = rules.when[id].map(function (logic) { return window.ZhunyuRules.evaluate(logic, env); });
        var unknown = truths.some(function (truth) { return truth !== true && truth !== false; });
        var off = truths.indexOf(false) >= 0 || (unknown && !told[id]);
        if (off !== Boolean(hidden[id])) {
          moved = true;
          hidden[id] = off;
          env[id] = off ? HIDDEN : answers()[id];
        }
      });
      if (!moved) break;
    }
    ids.forEach(function (id) { show(id, !hidden[id]); });
    showGroups();
  }

  // ---- what the server answered
  function controlOf(path) { return document.getElementById("f-" + path.split(".").join("-")); }

  function clear(box) {
    box.classList.remove("invalid");
    box.querySelectorAll("p.error, p.error-text").forEach(function (note) { note.remove(); });
    box.querySelectorAll("[aria-invalid]").forEach(function (input) {
      input.removeAttribute("aria-invalid");
      var hint = document.getElementById(input.id + "-hint");
      if (hint) input.setAttribute("aria-describedby", hint.id); else input.removeAttribute("aria-describedby");
    });
  }

  function tell(path, message) {
    var box = fieldOf(path.split(".")[0]);
    if (!box) return;
    var control = controlOf(path), note = document.createElement("p");
    note.className = "error";
    note.id = "f-" + path.split(".").join("-") + "-error";
    var label = document.createElement("span");
    label.className = "sr";
    label.textContent = "错误：";
    note.append(label, message);
    box.classList.add("invalid");
    var place = control && control.type !== "radio" && control.type !== "checkbox"
      ? control.closest(".with-unit") || control : box.querySelector(".choices, .inputs, .table-wrap");
    if (place) place.before(note); else box.prepend(note);
    if (control) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", ((control.getAttribute("aria-describedby") || "") + " " + note.id).trim());
    }
  }

  function apply(state) {
    told = state.visible;
    Object.keys(state.visible).forEach(function (id) { if (!(id in rules.when)) show(id, state.visible[id]); });
    form.querySelectorAll("[data-field]").forEach(clear);
    Object.keys(state.errors).forEach(function (path) { tell(path, state.errors[path]); });
    Object.keys(state.answers).forEach(function (id) {
      var control = controlOf(id);
      var mine = control && control !== document.activeElement && "value" in control && control.type !== "radio";
      if (mine && (control.value === "" || state.locked.indexOf(id) >= 0)) control.value = state.answers[id];
    });
    conditions();
  }

  document.addEventListener("htmx:afterSettle", function () {
    var state = document.getElementById("form-state");
    if (state && !state.hasAttribute("data-applied")) {
      state.setAttribute("data-applied", "");
      apply(JSON.parse(state.getAttribute("data-state")));
    }
  });

  // ---- when to ask
  var timer = 0, dirty = false;
  function ask(wait) {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(function () {
      dirty = false;
      document.body.dispatchEvent(new CustomEvent("recheck", { bubbles: true }));
    }, wait);
  }
  form.addEventListener("input", function (event) { dirty = true; if (event.target.type !== "file") conditions(); });
  form.addEventListener("change", function (event) {
    if (event.target.type === "file") return;
    conditions();
    ask(900);
  });
  form.addEventListener("focusout", function (event) {
    var group = event.target.closest("[data-group]");
    if (group && dirty && !group.contains(event.relatedTarget)) ask(150);
  });
  document.addEventListener("visibilitychange", function () { if (document.hidden && dirty) ask(0); });
  form.addEventListener("submit", function () { window.clearTimeout(timer); });
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox]):not([type=radio])")) {
      event.preventDefault(); // Enter in a field must not press the first button of the form
      ask(100);
    }
  });

  // A save that did not arrive, or whose answer was lost, is sent again until one does.
  var failures = 0;
  function again() {
    failures += 1;
    ask(Math.min(30, 2 * failures) * 1000);
  }
  function saving(event) { return event.detail.elt && event.detail.elt.id === "precheck"; }
  document.addEventListener("htmx:sendError", function (event) { if (saving(event)) again(); });
  document.addEventListener("htmx:responseError", function (event) {
    if (saving(event) && event.detail.xhr.status >= 500) again();
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (saving(event) && event.detail.successful) failures = 0;
  });
  window.addEventListener("online", function () { if (failures) ask(0); });

  // ---- table rows
  function renumber(box) {
    var id = box.getAttribute("data-rows");
    box.querySelectorAll("tbody > tr[data-row]").forEach(function (row, number) {
      row.querySelectorAll("[data-number]").forEach(function (place) { place.textContent = number + 1; });
      ["name", "id", "for", "aria-describedby", "value"].forEach(function (attribute) {
        row.querySelectorAll("[" + attribute + "]").forEach(function (part) {
          var old = part.getAttribute(attribute);
          if (attribute === "value" && part.name !== "_do") return;
          part.setAttribute(attribute, old
            .replace(new RegExp("^" + id + "\\.(\\d+|N)\\."), id + "." + number + ".")
            .replace(new RegExp("f-" + id + "-(\\d+|N)-", "g"), "f-" + id + "-" + number + "-")
            .replace(new RegExp("^remove-row:" + id + ":(\\d+|N)$"), "remove-row:" + id + ":" + number));
        });
      });
    });
    var most = Number(box.getAttribute("data-max") || 100);
    box.querySelector("[data-add-row]").disabled = box.querySelectorAll("tbody > tr[data-row]").length >= most;
  }
  form.addEventListener("click", function (event) {
    var box = event.target.closest("[data-rows]");
    if (!box) return;
    if (event.target.closest("[data-add-row]")) {
      event.preventDefault();
      box.querySelector("tbody").append(box.querySelector("template").content.cloneNode(true));
      renumber(box);
      var first = box.querySelector("tbody > tr:last-child input, tbody > tr:last-child select");
      if (first) first.focus();
    }
    if (event.target.closest("[data-remove-row]")) {
      event.preventDefault();
      event.target.closest("tr").remove();
      renumber(box);
      box.querySelector("[data-add-row]").focus();
      ask(300);
    }
  });

  var sheet = document.querySelector("[data-sheet]"), narrow = window.matchMedia("(max-width: 1000px)");
  function fit() { if (sheet) sheet.open = !narrow.matches; }
  narrow.addEventListener("change", fit);
  if (sheet) sheet.addEventListener("click", function (event) {
    if (narrow.matches && event.target.closest("a[href^='#']")) sheet.open = false; // else it covers the field
  });
  fit();
  conditions();
})();
