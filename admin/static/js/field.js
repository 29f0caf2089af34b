// 现场核查 on the phone. What is written is kept on the phone at once; what is finished goes into a queue and is sent
// when there is a network, each item under its own key, so that sending it twice keeps it once.
(function () {
  "use strict";
  const store = window.ZhunyuFieldStore, parts = window.ZhunyuFieldParts, h = parts.h;
  const body = document.body, told = body.dataset;
  const place = document.querySelector("[data-view]"), queueBox = document.querySelector("[data-queue]");
  const notices = document.querySelector("[data-notices]"), net = document.querySelector("[data-net]");
  let held = 0, me = null, expired = false, current = null, online = navigator.onLine;

  const key = () => crypto.randomUUID();
  const now = () => new Date().toISOString();
  const small = (text) => h("small", { class: "note" }, text);

  async function call(url, options) {
    const given = { credentials: "same-origin", redirect: "manual", ...options };
    given.headers = { Accept: "application/json", ...(options && options.headers) };
    const answer = await fetch(url, given);
    let said = {};
    try { said = await answer.json(); } catch (error) { /* no JSON */ }
    return { status: answer.type === "opaqueredirect" ? 401 : answer.status, said };
  }

  // Who is signed in; the last one known while there is no network, so that one's own work goes on offline.
  async function who() {
    try {
      const { status, said } = await call(told.session, { headers: { "X-Poll": "1" } });
      online = true;
      expired = status === 401 || status === 403;
      if (status === 200) {
        me = said;
        await store.put("own", { name: "me", account: said.account, person: said.name });
      }
    } catch (error) {
      online = false;
    }
    if (!me) {
      const last = await store.get("own", "me");
      if (last) me = { account: last.account, name: last.person, csrf: "" };
    }
    status();
    return online && !expired;
  }

  function status() {
    net.textContent = online ? "" : "离线";
    net.classList.toggle("off", !online);
    const notice = notices.querySelector("[data-expired]");
    if (expired && !notice) {
      notices.prepend(h("div", { class: "notice warn", "data-expired": "" },
        h("p", { class: "notice-title" }, "登录已过期"),
        h("p", {}, "手机上的内容都在。", h("a", { href: told.login }, "重新登录"), "后会接着发送。")));
    }
    if (!expired && notice) notice.remove();
  }

  function say(text, tone) {
    const item = h("div", { class: "toast " + (tone || "info") }, text);
    document.getElementById("toasts").append(item);
    setTimeout(() => item.remove(), 6000);
  }

  // ---- the queue
  const mine = async () => (await store.all("queue")).filter((one) => me && one.account === me.account)
    .sort((one, other) => (one.at < other.at ? -1 : 1));

  async function send(item) {
    if (item.kind === "photo") {
      const form = new FormData();
      form.append("key", item.key);
      form.append("at", item.at);
      form.append("place", item.place || "");
      form.append("photo", new File([item.photo], "现场照片.jpg", { type: "image/jpeg" }));
      return call(`${told.visits}/${item.case}/photos`, { method: "POST", body: form, headers: { "X-CSRFToken": me.csrf } });
    }
    return call(`${told.visits}/${item.case}/report`, {
      method: "POST", headers: { "X-CSRFToken": me.csrf, "Content-Type": "application/json" },
      body: JSON.stringify({ key: item.key, ...item.report }),
    });
  }

  async function settle(item, { status: code, said }) {
    if (code === 200) {
      await store.drop("queue", item.key);
      if (item.kind === "report") await renewed(item.case, said.base);
      else await counted(item.case, said.photos);
      return true;
    }
    if (code === 401) { expired = true; status(); return false; }
    if (code >= 500 || code === 429) return false;
    if (code === 409 && said.clashes) Object.assign(item, { state: "clash", said });
    else if (code === 400 && !said.code) return false; // another session's token: asked again next time
    else Object.assign(item, { state: "refused", said });
    await store.put("queue", item);
    return true;
  }

  let running = null;
  function flush() {
    if (!running) running = locked(run).finally(() => { running = null; });
    return running;
  }
  const locked = (work) => (navigator.locks
    ? navigator.locks.request("zhunyu-field-sending", work) : work());
  async function run() {
    if (await who()) {
      for (const item of await mine()) {
        if (item.state) continue;
        let answer;
        try { answer = await send(item); } catch (error) { online = false; status(); break; }
        if (!(await settle(item, answer))) break;
      }
    }
    await showQueue();
  }

  const visitOf = async (id) => (current && current.case === id ? current : store.get("visits", id));
  async function counted(id, photos) {
    const visit = await visitOf(id);
    if (!visit) return;
    visit.bundle.photos = photos;
    await store.put("visits", visit);
  }

  async function renewed(id, base) {
    const visit = await visitOf(id);
    if (!visit) return;
    if ((await mine()).some((one) => one.case === id && one.kind === "report")) return; // more is under way
    visit.bundle.base = base;
    visit.attest = null;
    visit.sentAt = now();
    await store.put("visits", visit);
    say("现场记录已发送到办件。", "good");
  }

  async function showQueue() {
    const items = await mine();
    queueBox.hidden = !items.length;
    if (!items.length) held = 0;
    queueBox.replaceChildren();
    document.querySelectorAll("[data-sent]").forEach((part) => part.dispatchEvent(new Event("sent")));
    if (!items.length) return;
    const waiting = items.filter((one) => !one.state).length;
    queueBox.append(h("div", { class: "queue-head" }, h("b", { "data-count": items.length }, `未发送 ${items.length} 项`),
      waiting ? h("button", { class: "btn secondary", type: "button", onclick: flush }, "立即发送") : ""));
    const stopped = items.filter((one) => one.state);
    stopped.forEach((item) => queueBox.append(stuck(item)));
    if (stopped.length > held) window.scrollTo({ top: 0 }); // something new asks for an answer
    held = stopped.length;
  }

  function stuck(item) {
    const name = item.kind === "photo" ? "现场照片" : "现场记录";
    const drop = h("button", { class: "btn quiet", type: "button", onclick: async () => {
      if (window.confirm(`从手机上删除这项${name}？删除后不能恢复。`)) { await store.drop("queue", item.key); showQueue(); }
    } }, "删除");
    if (item.state === "clash") return clash(item, drop);
    const why = [item.said.what, item.said.next].filter(Boolean).join("");
    return h("div", { class: "notice bad" }, h("p", { class: "notice-title" }, `${name}没有收下`), h("p", {}, why || "请稍后重试。"),
      h("p", { class: "actions" }, h("button", { class: "btn secondary", type: "button", onclick: () => again(item) }, "重试"), drop));
  }

  async function again(item, changes) {
    Object.assign(item, { state: "", said: null });
    if (changes) changes(item.report);
    await store.put("queue", item);
    await flush();
  }

  function clash(item, drop) {
    const said = item.said, name = (one) => `clash-${item.key}-${one.field}`;
    const box = h("form", { class: "notice warn clash" },
      h("p", { class: "notice-title" }, `${said.by || "另一名核查人员"}也改了同样的内容，请选择留下哪一个`));
    said.clashes.forEach((one) => box.append(h("fieldset", {}, h("legend", {}, one.title),
      h("label", { class: "choice" }, h("input", { type: "radio", name: name(one), value: "mine", required: true }), h("span", {}, "我的：" + one.mine)),
      h("label", { class: "choice" }, h("input", { type: "radio", name: name(one), value: "theirs", required: true }), h("span", {}, (said.by || "对方") + "的：" + one.theirs)))));
    box.append(h("p", { class: "actions" }, h("button", { class: "btn primary" }, "按选择发送"), drop));
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(box);
      again(item, (report) => said.clashes.forEach((one) => {
        if (chosen.get(name(one)) === "theirs") report.theirs = [...(report.theirs || []), one.field];
        else report.base[one.field] = one.now;
      }));
    });
    return box;
  }

  async function enqueue(item) {
    await store.put("queue", { key: key(), account: me.account, at: now(), state: "", ...item });
    await showQueue();
    flush();
  }

  // ---- the list
  async function list() {
    current = null;
    document.querySelector("[data-heading]").textContent = "现场核查";
    const kept = (await store.all("visits")).filter((one) => me && one.account === me.account);
    let coming = [];
    if (online && !expired) {
      try {
        const { status: code, said } = await call(told.visits);
        if (code === 200) coming = said.visits;
        else if (code === 403) notices.replaceChildren(h("p", { class: "notice info" }, said.what || "您没有现场核查的任务。"));
      } catch (error) { online = false; status(); }
    }
    const here = new Set(kept.map((one) => one.case));
    const items = [...kept.map((one) => ({ ...one.bundle, kept: true })),
      ...coming.filter((one) => !here.has(one.case)).map((one) => ({ ...one, place: one.where }))];
    place.replaceChildren(items.length ? h("ul", { class: "field-list panel flush" }, ...items.map(line))
      : h("div", { class: "panel empty" }, h("p", { class: "empty-title" }, online ? "没有安排给您的现场核查" : "手机上没有带出来的核查"),
        h("p", { class: "note" }, "安排了您的核查会出现在这里；出发前点“带到现场”，没有网络也能填写。")));
  }

  function line(one) {
    const head = h("div", {}, h("b", {}, one.matter), small(`${one.holder || "重特事项"}　${one.number}`),
      small(`${one.day} ${one.half || ""}　${one.place || ""}`));
    if (one.kept) {
      return h("li", { class: "field-item" }, head, h("p", { class: "actions" },
        h("a", { class: "btn primary", href: "#" + one.case }, "填写"),
        h("button", { class: "btn quiet", type: "button", onclick: () => leave(one.case) }, "从手机上删除")));
    }
    if (one.confidential) {
      return h("li", { class: "field-item" }, head, h("p", { class: "note" }, "重特事项不得保存在手机上，请联网在",
        h("a", { href: one.page }, "办件页面"), "填写。"));
    }
    return h("li", { class: "field-item" }, head, h("p", { class: "actions" },
      h("button", { class: "btn primary", type: "button", onclick: async () => { if (await take(one.case)) location.hash = one.case; } }, "带到现场")));
  }

  async function leave(id) {
    const waiting = (await mine()).filter((one) => one.case === id).length;
    const words = waiting ? `还有 ${waiting} 项没有发送，也会一并删除。` : "没有发送的填写内容会一并删除。";
    if (!window.confirm(words + "确定从手机上删除？")) return;
    await store.drop("visits", id);
    for (const item of await mine()) if (item.case === id) await store.drop("queue", item.key);
    await showQueue();
    await list();
  }

  async function keepPage() {
    if (!("serviceWorker" in navigator)) return false;
    const ready = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    const answer = new Promise((done) => { channel.port1.onmessage = (event) => done(event.data === "kept"); setTimeout(() => done(false), 15000); });
    (ready.active || navigator.serviceWorker.controller).postMessage("keep", [channel.port2]);
    return answer;
  }

  async function take(id) {
    try {
      const { status: code, said } = await call(`${told.visits}/${id}`);
      if (code !== 200) { say([said.what, said.next].filter(Boolean).join("") || "没有取到，请稍后再试。", "bad"); return false; }
      await store.put("visits", { case: id, account: me.account, bundle: said, pairs: null, result: said.result, opinion: said.opinion, attest: null });
      const kept = await keepPage();
      say(kept ? "已带到手机上，没有网络也能填写。" : "内容已带到手机上；这个浏览器不能离线打开页面，请不要关闭。", kept ? "good" : "bad");
      return true;
    } catch (error) {
      say("网络连接中断，没有取到。", "bad");
      return false;
    }
  }

  // ---- one visit
  async function show(id) {
    const visit = await store.get("visits", id);
    if (!visit || !me || visit.account !== me.account) {
      if (me && online && !expired && !visit && await take(id)) { await show(id); return; }
      location.hash = "";
      return;
    }
    current = visit;
    const one = visit.bundle;
    document.querySelector("[data-heading]").textContent = one.title;
    const form = h("form", { id: "application", novalidate: true, class: "record-form" });
    form.innerHTML = one.html; // made by our own server for this page
    const rules = h("script", { type: "application/json", id: "form-rules" });
    rules.textContent = JSON.stringify(one.rules);
    if (visit.pairs) refill(form, visit.pairs);
    place.replaceChildren(
      h("section", { class: "panel" }, h("b", { class: "field-name" }, one.holder), h("p", { class: "note" }, `${one.matter}　${one.number}`),
        h("p", { class: "note" }, `${one.day} ${one.half}　${one.place}`), h("p", { class: "note" }, "核查人员：" + one.inspectors.join("、"))),
      photos(visit), form, rules, conclusion(visit), attest(visit), ending(visit));
    if (one.html) document.body.append(h("script", { src: told.form }));
    form.addEventListener("input", () => later(visit, form));
    form.addEventListener("change", () => later(visit, form));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  const pairsOf = (form) => [...new FormData(form)].filter(([name, value]) => name !== "_do" && typeof value === "string");

  function refill(form, pairs) {
    const most = {};
    pairs.forEach(([name]) => { const found = /^(R_[^.]+)\.(\d+)\./.exec(name); if (found) most[found[1]] = Math.max(most[found[1]] || 0, Number(found[2])); });
    Object.entries(most).forEach(([id, last]) => {
      const box = form.querySelector(`[data-rows="${id}"]`), rows = box ? box.querySelectorAll("tbody > tr[data-row]").length : 0;
      for (let number = rows; box && number <= last; number += 1) {
        const row = box.querySelector("template").content.cloneNode(true);
        row.querySelectorAll("[name]").forEach((part) => { part.name = part.name.replace(/\.(\d+|N)\./, `.${number}.`); });
        box.querySelector("tbody").append(row);
      }
    });
    const given = new Map();
    pairs.forEach(([name, value]) => given.set(name, [...(given.get(name) || []), value]));
    form.querySelectorAll("[name]").forEach((part) => {
      const values = given.get(part.name) || [];
      if (part.type === "radio" || part.type === "checkbox") part.checked = values.includes(part.value);
      else if (part.type !== "hidden" && part.name !== "_do") part.value = values[0] || "";
    });
  }

  let timer = 0;
  function later(visit, form) {
    if (form) visit.pairs = pairsOf(form);
    clearTimeout(timer);
    timer = setTimeout(() => store.put("visits", visit), 250);
  }

  function photos(visit) {
    const count = h("span", { class: "note", "data-sent": "", onsent: renew }), strip = h("ul", { class: "shots" });
    const spot = h("input", { type: "checkbox" });
    async function renew() {
      const waiting = (await mine()).filter((one) => one.case === visit.case && one.kind === "photo");
      count.textContent = `已发送 ${visit.bundle.photos} 张，待发送 ${waiting.length} 张`;
      strip.replaceChildren(...waiting.map((one) => h("li", {}, h("img", { src: URL.createObjectURL(one.photo), alt: "待发送的照片", width: 96, height: 72 }))));
    }
    const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "sr", id: "f-shot", onchange: async () => {
      const at = now(), files = [...input.files];
      const where = spot.checked ? await parts.where() : "";
      for (const file of files) {
        try {
          await enqueue({ kind: "photo", case: visit.case, photo: await parts.smaller(file), at, place: where });
        } catch (error) { say("这张照片不能识别，请重拍。", "bad"); }
      }
      input.value = "";
      if (running) await running;
      await store.put("visits", visit);
      renew();
    } });
    renew();
    return h("section", { class: "panel" }, h("div", { class: "panel-head" }, h("h2", {}, "现场照片"), count), strip,
      h("p", { class: "actions" }, input, h("label", { class: "btn secondary", for: "f-shot" }, "拍照"),
        h("label", { class: "choice" }, spot, h("span", {}, "记下拍照位置"))));
  }

  function conclusion(visit) {
    const area = h("textarea", { class: "input", id: "f-opinion", rows: 4, oninput: () => { visit.opinion = area.value; later(visit); } });
    area.value = visit.opinion || "";
    const choices = visit.bundle.results.map((one) => h("label", { class: "choice" },
      h("input", { type: "radio", name: "result", value: one, checked: visit.result === one, onchange: () => { visit.result = one; later(visit); } }), h("span", {}, one)));
    return h("section", { class: "panel form" }, h("div", { class: "panel-head" }, h("h2", {}, "结论和意见")),
      choices.length ? h("fieldset", { class: "field" }, h("legend", {}, "结论"), h("div", { class: "choices" }, ...choices)) : "",
      h("div", { class: "field" }, h("label", { for: "f-opinion" }, "办理意见"), area));
  }

  function attest(visit) {
    const said = visit.attest || { kind: "签字", name: "", reason: "", witness: "", picture: "", at: "" };
    function keep() { said.at = now(); visit.attest = said.name || said.picture ? said : null; later(visit); }
    function line(name, label) {
      const input = h("input", { class: "input", id: "f-" + name, autocomplete: "off", oninput: () => { said[name] = input.value.trim(); keep(); } });
      input.value = said[name] || "";
      return h("div", { class: "field" }, h("label", { for: "f-" + name }, label), input);
    }
    const canvas = h("canvas", { class: "sign-pad", width: 640, height: 260, "aria-label": "被核查人签名处", role: "img" });
    const pad = parts.pad(canvas, () => { said.picture = pad.value(); keep(); });
    pad.show(said.picture);
    const signing = h("div", { class: "field" }, h("span", { class: "label" }, "签名"), canvas,
      h("button", { class: "btn quiet", type: "button", onclick: () => pad.clear() }, "重签"));
    const refusing = h("div", {}, line("reason", "拒绝签字的原因"), line("witness", "见证人（单位和姓名）"));
    function turn() { signing.hidden = said.kind !== "签字"; refusing.hidden = !signing.hidden; }
    const choices = ["签字", "拒绝签字"].map((one) => h("label", { class: "choice" }, h("input", { type: "radio", name: "attest", value: one, checked: said.kind === one,
      onchange: () => { said.kind = one; if (one !== "签字") said.picture = ""; turn(); keep(); } }), h("span", {}, one)));
    turn();
    return h("section", { class: "panel form" }, h("div", { class: "panel-head" }, h("h2", {}, "被核查人")),
      visit.bundle.attest ? h("p", { class: "note" }, `已有：${visit.bundle.attest.name} ${visit.bundle.attest.kind}`) : "",
      h("div", { class: "choices" }, ...choices), line("name", "姓名"), signing, refusing);
  }

  function ending(visit) {
    const sent = h("p", { class: "note", "data-sent": "", onsent: tell });
    function tell() {
      sent.hidden = !visit.sentAt;
      if (visit.sentAt) sent.textContent = `现场记录已于 ${new Date(visit.sentAt).toLocaleString("zh-CN", { dateStyle: "short", timeStyle: "short" })} 发送到办件，请两名核查人员联网签署。`;
    }
    tell();
    return h("section", { class: "panel" }, sent,
      h("p", { class: "note" }, "填写的内容随时自动存在手机上。提交后发到办件；两名核查人员再各自联网签署，本环节才完成。"),
      h("p", { class: "actions" }, h("button", { class: "btn primary", type: "button", onclick: () => submit(visit) }, "提交现场记录"),
        h("a", { class: "btn secondary", href: visit.bundle.finish }, "联网签署")),
      h("p", { class: "actions" }, h("a", { class: "btn quiet", href: "#" }, "返回列表")));
  }

  async function submit(visit) {
    clearTimeout(timer);
    const form = document.getElementById("application");
    visit.pairs = pairsOf(form);
    const said = visit.attest || {};
    if (said.name && said.kind === "签字" && !said.picture) { say("请被核查人签名，或选“拒绝签字”。", "bad"); return; }
    if (said.picture && !said.name) { say("请填写被核查人的姓名。", "bad"); return; }
    if (said.kind === "拒绝签字" && said.name && !(said.reason && said.witness)) { say("拒绝签字的，请写明原因和见证人。", "bad"); return; }
    await store.put("visits", visit);
    const report = { pairs: visit.pairs, base: { ...visit.bundle.base }, theirs: [], result: visit.result || "", opinion: visit.opinion || "",
      attest: visit.attest ? { ...said } : { kind: "" } };
    await enqueue({ kind: "report", case: visit.case, report });
    say(online && !expired ? "已提交，正在发送。" : "已存在手机上，有网络时自动发送。", "good");
  }

  // ---- going round
  async function route() {
    const id = location.hash.slice(1);
    if (id) await show(id); else await list();
    window.scrollTo(0, 0);
  }
  window.addEventListener("hashchange", route);
  window.addEventListener("online", flush);
  window.addEventListener("offline", () => { online = false; status(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(async () => { if ((await mine()).some((one) => !one.state)) flush(); }, 20000);
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(told.worker, { scope: told.scope, updateViaCache: "none" }).catch(() => {});
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  window.ZhunyuField = { flush, send, queue: mine };
  who().then(route).then(flush);
})();
