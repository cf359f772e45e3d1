"use strict";
// The page without this script is whole: every view stands below the others. With it, one view shows at a time, the list
// can be searched and filtered, and an article is read sentence beside sentence. Text enters the page by text nodes only.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = JSON.parse($("#words").textContent);
  const PAGE = 60; // articles that are laid out at a time; more follow as the reader nears the end
  const OVERRIDES = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
    for (const child of children) {
      if (child) node.append(typeof child === "string" ? child.replace(OVERRIDES, "") : child);
    }
    return node;
  }

  // --- articles ------------------------------------------------------------------------------------------------------

  const items = all(".item").map((node, index) => ({
    node, index, text: null,
    language: node.dataset.language, kind: node.dataset.kind, marks: node.dataset.marks, confidence: node.dataset.confidence,
  }));
  const result = (item) => JSON.parse($("script", item.node).textContent);
  let listed = items; // those that fit search and filters
  let room = PAGE; // how many of them are laid out

  // Capitals, accents and umlauts make no difference to a search.
  const fold = (text) => text.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase().replaceAll("ß", "ss");

  function searchable(item) {
    if (item.text === null) {
      const r = result(item);
      const sentences = r.sentences.flatMap((s) => [s.source, s.target]);
      const about = [r.id, r.date, r.title, r.title_en, r.summary.text, ...Object.values(r.meta)];
      item.text = fold([...about, ...sentences].join("\n"));
    }
    return item.text;
  }

  // Reading all texts takes a moment in a large run: done ahead in idle time, on demand if a search comes first.
  const idle = window.requestIdleCallback || ((f) => setTimeout(() => f({ timeRemaining: () => 8 }), 1));
  function readAhead(from) {
    idle((deadline) => {
      let next = from;
      while (next < items.length && (next === from || deadline.timeRemaining() > 2)) searchable(items[next++]);
      if (next < items.length) readAhead(next);
      else document.documentElement.dataset.ready = "search";
    });
  }

  // --- list: search and filters --------------------------------------------------------------------------------------

  const query = $("#query");
  const selects = all("#search select");
  const terms = () => [...fold(query.value).matchAll(/"([^"]+)"?|(\S+)/g)].map((m) => m[1] || m[2]);

  function fillFilters() {
    for (const select of selects) {
      const counts = new Map();
      for (const item of items) {
        for (const value of item[select.dataset.by].split(",")) counts.set(value, (counts.get(value) || 0) + 1);
      }
      const names = { language: words.languages, confidence: words.confidence }[select.dataset.by] || words.marks;
      const known = [...Object.keys(names), ...counts.keys()];
      for (const value of [...counts.keys()].sort((a, b) => known.indexOf(a) - known.indexOf(b))) {
        select.append(make("option", { value }, `${names[value] || value} (${counts.get(value)})`));
      }
      select.parentNode.hidden = counts.size < 2;
    }
  }

  function filter() {
    const wanted = terms();
    const fits = (item) =>
      selects.every((s) => !s.value || item[s.dataset.by].split(",").includes(s.value)) &&
      wanted.every((term) => searchable(item).includes(term));
    listed = items.filter(fits);
    const count = (n) => n.toLocaleString("en");
    const some = `${count(listed.length)} of ${count(items.length)} articles`;
    $("#found").textContent = listed.length === items.length ? "" : listed.length ? some : "No article fits. Esc empties the search.";
    lay(PAGE);
  }

  // Shows the first articles of those that fit.
  function lay(wish) {
    room = wish;
    const shown = new Set(listed.slice(0, room));
    for (const item of items) if (item.node.hidden === shown.has(item)) item.node.hidden = !shown.has(item);
    $("#more").hidden = listed.length <= room;
    const wanted = terms();
    for (const item of shown) showHit(item, wanted);
    highlight([...shown].map((item) => item.node), wanted);
  }

  // Where a term is not to be seen in headline or summary, the sentence that has it is shown.
  function showHit(item, wanted) {
    $(".hit", item.node)?.remove();
    if (!wanted.length) return;
    const seen = fold($("h3", item.node).textContent + $(".facts", item.node).textContent + $(".claims", item.node).textContent);
    const hidden = wanted.find((term) => !seen.includes(term));
    if (!hidden) return;
    const texts = result(item).sentences.flatMap((s) => [s.target, s.source]);
    const hit = texts.find((text) => fold(text).includes(hidden));
    if (hit) $(".claims", item.node).after(make("p", { class: "hit", dir: "auto" }, hit));
  }

  // Marks the terms without touching the text: the CSS Custom Highlight API, where there is one.
  function highlight(nodes, wanted) {
    if (!CSS.highlights) return;
    CSS.highlights.delete("search");
    const ranges = wanted.length ? nodes.flatMap((node) => rangesIn(node, wanted)) : [];
    if (ranges.length) CSS.highlights.set("search", new Highlight(...ranges));
  }

  function rangesIn(root, wanted) {
    const ranges = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
      node.parentNode.closest("script, noscript") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const place = []; // of each folded unit, its place in the text
      let folded = "";
      let at = 0;
      for (const character of node.data) {
        const plain = fold(character);
        for (let i = 0; i < plain.length; i += 1) place.push(at);
        folded += plain;
        at += character.length;
      }
      place.push(at);
      for (const term of wanted) {
        for (let i = folded.indexOf(term); i >= 0; i = folded.indexOf(term, i + term.length)) {
          const range = new Range();
          range.setStart(node, place[i]);
          range.setEnd(node, place[i + term.length]);
          ranges.push(range);
        }
      }
    }
    return ranges;
  }

  // --- reader: one article -------------------------------------------------------------------------------------------

  const reader = $("#reader");
  let opened = null;
  let view = "both";

  function open(item) {
    opened = item;
    const r = result(item);
    reader.replaceChildren(bar(item), ...head(item, r), summary(item, r), text(item, r), ...leftOut(r), provenance(r));
    highlight([reader], terms());
  }

  function bar(item) {
    const at = listed.indexOf(item);
    const step = (to, label, key) => (listed[to] && at >= 0 ? make("a", { href: `#a${listed[to].index + 1}`, "data-step": key }, label) : null);
    return make("p", { class: "bar" }, make("a", { href: "#articles" }, "← All articles"),
      make("span", { class: "push" }), step(at - 1, "← Previous", "p"), step(at + 1, "Next →", "n"));
  }

  function head(item, r) {
    const nodes = [make("h2", { id: "reader-title", dir: "auto", tabindex: "-1" }, $("h3 a", item.node).textContent)];
    if (r.title) nodes.push(make("p", { lang: r.language, dir: "auto" }, r.title));
    if ($(".sure", item.node)) nodes.push($(".sure", item.node).cloneNode(true));
    nodes.push($(".facts", item.node).cloneNode(true));
    if ($(".marks", item.node)) nodes.push($(".marks", item.node).cloneNode(true));
    for (const [code, checks] of Object.entries(r.unasked || {}))
      nodes.unshift(make("p", { class: "facts" }, `not checked in ${words.languages[code] || code}: ${checks.join(", ")}`));
    if (r.draft) nodes.unshift(make("p", { class: "draft" }, make("strong", {}, words.draft)));
    return nodes;
  }

  function summary(item, r) {
    const claims = r.summary.claims.map((claim, n) => {
      const links = claim.evidence.flatMap((i) => [" ", make("a", { class: "cite", href: `#a${item.index + 1}-s${i + 1}`, "data-sentence": i + 1, "aria-label": `evidence: sentence ${i + 1}` }, String(i + 1))]);
      const reserved = claim.problems.length ? [unsupported(claim.problems)] : [];
      if (claim.doubts.length) reserved.push(`in doubt against the original: ${claim.doubts.join(", ")}`);
      const doubt = reserved.join("; ");
      return make("li", { class: "claim", id: `claim-${n + 1}`, "data-evidence": claim.evidence.map((i) => i + 1).join(" ") },
        make("span", { dir: "auto" }, String(n) === item.node.dataset.titled ? words.above : claim.text), ...links,
        make("span", { class: "facts" }, ` ${grounds(claim, r.sentences)}`), doubt && " ",
        doubt && make("em", { class: "doubt" }, doubt));
    });
    const rung = r.summary.rung ? make("p", { class: "facts" }, explained(words.rungs, r.summary.rung)) : null;
    const nothing = claims.length ? null : make("p", {}, r.summary.reason ? `There is no summary: ${r.summary.reason}.` : "No summary sentence was left.");
    return make("section", { class: "summary", "aria-labelledby": "summary-title" },
      make("h3", { id: "summary-title" }, "Summary"), nothing, claims.length ? make("ol", {}, ...claims) : null, rung);
  }

  function grounds(claim, sentences) {
    if (claim.evidence.some((i) => sentences[i].target === claim.text)) return "quoted from the translation";
    return `${Math.round(claim.support * 100)} % of its content is in the translation`;
  }

  function unsupported(problems) {
    return problems.join() === "content" ? "too little of it is in the article" : `not in the article: ${problems.join(", ")}`;
  }

  const spoken = (r) => words.languages[r.target] || r.target || "English";

  function text(item, r) {
    const language = words.languages[r.language] || r.language || "original";
    const sure = r.sentences.some((s) => s.confidence);
    const box = make("section", { class: sure ? "text rated" : "text", "data-view": view, "aria-labelledby": "text-title" },
      make("h3", { id: "text-title" }, "Text"), views(language, spoken(r)),
      make("div", { class: "columns", "aria-hidden": "true" }, make("span", {}), make("span", {}, language), make("span", {}, spoken(r)), sure && make("span", {}, "Confidence")));
    let block = null;
    let paragraph = null;
    r.sentences.forEach((s, i) => {
      if (!s.source) return;
      if (s.paragraph !== paragraph) {
        block = make("ol", { class: s.paragraph ? "paragraph" : "paragraph title", start: i + 1 });
        paragraph = s.paragraph;
        box.append(block);
      }
      block.append(sentence(item, r, s, i + 1));
    });
    return box;
  }

  function sentence(item, r, s, number) {
    const cited = r.summary.claims.flatMap((claim, n) => (claim.evidence.includes(number - 1) ? [n + 1] : []));
    const notes = cited.flatMap((n) => [make("a", { class: "cite", href: `#a${item.index + 1}`, "data-claim": n }, `↑ summary ${n}`), " "]);
    const [kind, why] = reasons(s);
    const byPerson = s.status === "human" && kind !== "human" ? [make("span", { class: "mark note" }, "human"), " "] : [];
    return make("li", { class: `sentence ${s.status}`, id: `s${number}`, tabindex: "-1" },
      make("span", { class: "number", "aria-hidden": "true" }, String(number)),
      make("p", { class: "original", lang: s.language, dir: "auto" }, s.source),
      make("p", { class: "translation", lang: r.target || "en", dir: "auto" }, s.target),
      s.confidence ? make("p", { class: `sure ${s.confidence}`, title: words.confidence[s.confidence] }, make("span", {}, "confidence"), ` ${s.confidence}`) : null,
      why || notes.length ? make("p", { class: "why facts" }, ...notes, ...byPerson, why && make("span", { class: `mark ${TONES[kind]}` }, kind), why && ` ${why}`) : null);
  }

  const TONES = { failed: "bad", doubtful: "warn", repaired: "note", human: "note", copied: "note" };

  // What a reader should know of a sentence: a word for it, and why. A flag that ends in "?" doubts the text at hand, any
  // other was found in an attempt that has been mended or given up.
  function reasons(s) {
    const meaning = (flag) => words.flags[flag] || flag;
    const doubts = s.flags.filter((flag) => flag.endsWith("?")).map((flag) => meaning(flag.slice(0, -1)));
    const faults = s.flags.filter((flag) => !flag.endsWith("?")).map(meaning);
    const parts = [];
    if (doubts.length) parts.push(`perhaps ${doubts.join("; perhaps ")}`);
    if (s.status === "copied" || s.status === "human") parts.push(words.statuses[s.status].replace(/\.$/, ""));
    if (faults.length) parts.push(`first attempt: ${faults.join("; ")}`);
    else if (s.reason) parts.push(s.reason);
    if (s.rung) parts.push(explained(words.rungs, s.rung));
    if (s.status === "failed" && faults.length) parts.push("no repair helped");
    if (s.status === "repaired" && !doubts.length) parts.push("the text at hand passes every check");
    return [doubts.length ? "doubtful" : s.status, parts.map((part) => ` ${part[0].toUpperCase()}${part.slice(1)}.`).join("").trim()];
  }

  // A rung may be several, joined by "+".
  const explained = (meanings, name) => name.split("+").map((part) => meanings[part] || part).join("; ");

  function views(language, target) {
    const option = ([value, label]) => {
      const input = make("input", { type: "radio", name: "view", value });
      input.checked = value === view;
      return make("label", {}, input, ` ${label}`);
    };
    const box = make("fieldset", { class: "views" }, make("legend", { class: "unseen" }, "Show"),
      ...[["both", "Both"], ["translation", target], ["original", language]].map(option));
    box.addEventListener("change", (event) => {
      view = event.target.value;
      $(".text", reader).dataset.view = view;
    });
    return box;
  }

  function leftOut(r) {
    const ones = r.reading?.left_out || [];
    if (!ones.length) return [];
    return [make("details", { class: "left-out" }, make("summary", {}, "Left out of the text"),
      make("dl", { class: "pairs facts" }, ...ones.flatMap((one) => [make("dt", {}, one.reason), make("dd", { dir: "auto" }, one.text)])))];
  }

  function provenance(r) {
    const address = (value) => (/^https?:\/\/[^\s/?#]+([/?#]\S*)?$/i.test(value) ? make("a", { href: value, rel: "noopener noreferrer" }, value) : value);
    const rows = [
      ...r.models.map((m) => [m.role, `${m.id}, quality ${m.quality}${words.qualities[m.quality] ? ` (${words.qualities[m.quality]})` : ""}, signature ${m.signature}`]),
      ["source", r.source], ["source hash", r.source_hash], ["article version", r.version],
      ...Object.entries(r.meta).map(([name, value]) => [name, address(String(value))]),
    ];
    return make("section", { "aria-labelledby": "made-title" }, make("h3", { id: "made-title" }, "Where it comes from"),
      make("dl", { class: "pairs facts" }, ...rows.filter((row) => row[1]).flatMap(([name, value]) => [make("dt", {}, name), make("dd", { dir: "auto" }, value)])));
  }

  // Pointing at a sentence or a summary sentence lights up what belongs to it; so does focus.
  function light(target) {
    for (const node of all(".lit", reader)) node.classList.remove("lit");
    const cite = target?.closest?.("[data-sentence], [data-claim]");
    const claim = target?.closest?.(".claim");
    const row = target?.closest?.(".sentence");
    let lit = [];
    if (cite?.dataset.sentence) lit = [`s${cite.dataset.sentence}`];
    else if (cite) lit = [`claim-${cite.dataset.claim}`];
    else if (claim) lit = claim.dataset.evidence.split(" ").filter(Boolean).map((n) => `s${n}`).concat(claim.id);
    else if (row) lit = [row.id, ...all(".claim", reader).filter((c) => c.dataset.evidence.split(" ").includes(row.id.slice(1))).map((c) => c.id)];
    for (const id of lit) document.getElementById(id)?.classList.add("lit");
  }
  for (const kind of ["mouseover", "focusin"]) reader.addEventListener(kind, (event) => light(event.target));
  for (const kind of ["mouseleave", "focusout"]) reader.addEventListener(kind, () => light(document.activeElement));
  reader.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sentence], [data-claim]");
    const row = event.target.closest(".sentence");
    if (link) {
      event.preventDefault();
      const target = document.getElementById(link.dataset.sentence ? `s${link.dataset.sentence}` : `claim-${link.dataset.claim}`);
      if (!link.dataset.sentence) target.setAttribute("tabindex", "-1");
      visit(target);
    } else if (row && getSelection().isCollapsed) row.focus({ preventScroll: true });
  });

  function visit(node) {
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }

  // --- views by address: #articles, #a12, #a12-s3, #stories, #changes, #c12, #about … ------------------------------------------------

  const sections = all("main > section");
  let scrolled = 0; // of the list, so that coming back from an article finds its place again
  let last = null;

  function route() {
    const hash = decodeURIComponent(location.hash.slice(1));
    const [, number, place] = /^a(\d+)(?:-s(\d+))?$/.exec(hash) || [];
    const item = items[number - 1];
    const target = item ? null : document.getElementById(hash);
    const section = item ? reader : target?.closest("main > section") || $("#articles");
    if (last === $("#articles") && section !== last) scrolled = scrollY;
    for (const one of sections) one.hidden = one !== section;
    if ($("#draft")) $("#draft").hidden = section === reader; // an open article has a warning of its own, or needs none
    for (const link of all(".top nav a")) {
      const here = link.hash === `#${section.id}` || (section === reader && link.hash === "#articles");
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const before = opened;
    if (item) {
      open(item);
      const row = place && $(`#s${place}`, reader);
      if (row) visit(row);
      else {
        scrollTo(0, 0);
        if (last) $("#reader-title").focus({ preventScroll: true });
      }
    } else {
      opened = null;
      if (section === $("#articles")) {
        lay(Math.max(room, before ? listed.indexOf(before) + 1 : 0));
        scrollTo(0, scrolled);
        if (before) $("h3 a", before.node).focus();
      } else if (target !== section) target.scrollIntoView();
      else scrollTo(0, 0);
    }
    last = section;
  }

  // --- keys ----------------------------------------------------------------------------------------------------------

  const help = $("#help");
  const step = (nodes, by) => {
    const at = nodes.findIndex((node) => node.contains(document.activeElement));
    const next = nodes[at < 0 ? (by > 0 ? 0 : -1) : at + by];
    if (!next) return more() && step(rows(), by);
    const link = opened ? next : $("a", next);
    link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const rows = () => (opened ? all(".sentence", reader) : last?.id === "changes" ? all(".change") : last?.id === "stories" ? all(".story, #stories li:has(a)") : listed.slice(0, room).map((item) => item.node));
  const press = (selector) => $(selector)?.click();
  const keys = {
    j: () => step(rows(), 1), ArrowDown: () => step(rows(), 1), k: () => step(rows(), -1), ArrowUp: () => step(rows(), -1),
    n: () => press('[data-step="n"]'), p: () => press('[data-step="p"]'),
    "/": () => {
      if (location.hash && location.hash !== "#articles") location.hash = "#articles";
      setTimeout(() => query.select());
    },
    "?": () => help.showModal(),
    Escape: () => {
      if (last !== $("#articles")) location.hash = "#articles";
      else if (query.value) clear();
    },
  };

  function more() {
    if (last !== $("#articles") || listed.length <= room) return false;
    lay(room + PAGE);
    return true;
  }

  function clear() {
    query.value = "";
    filter();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || !keys[event.key]) return;
    if (event.key !== "Escape" && !$("#keys").checked) return;
    if (event.target === query) {
      if (event.key === "Escape") query.value ? clear() : query.blur();
      else if (event.key === "ArrowDown") step(rows(), 1);
      else return;
    } else if (event.target.matches("input, select, summary") && event.key !== "Escape") return;
    else keys[event.key]();
    event.preventDefault();
  });

  // --- start ---------------------------------------------------------------------------------------------------------

  fillFilters();
  $(".articles").classList.add("paged");
  $("#search").hidden = false;
  $("#search").addEventListener("input", filter);
  $("#search").addEventListener("submit", (event) => event.preventDefault());
  $(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    $("main").focus();
  });
  $("#show-help").hidden = false;
  $("#show-help").addEventListener("click", keys["?"]);
  $("#more").addEventListener("click", more);
  new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && more(), { rootMargin: "1500px" }).observe($("#more"));
  // Paper shows all of a list, and closed details too.
  addEventListener("beforeprint", () => {
    lay(items.length);
    for (const details of all("main > section:not([hidden]) details")) details.open = true;
  });
  addEventListener("hashchange", route);
  history.scrollRestoration = "manual";
  route();
  addEventListener("load", () => requestAnimationFrame(route)); // the browser has looked for the address by itself
  document.documentElement.dataset.ready = "list";
  readAhead(0);
})();
