// The open call page follows a telephone system: the server says that something changed, the page asks for the panel again.
// What is being typed keeps its place. When no stream can be had, the page works as it did before there was one.
(function () {
  "use strict";
  var root = document.getElementById("call");
  if (!root || !root.dataset.stream || !root.dataset.open) { return; }
  var byId = function (id) { return document.getElementById(id); };
  var KEPT = "fairdue.heard." + root.dataset.permit;
  var revision = function () { var card = document.querySelector("#guide .guide"); return card ? Number(card.dataset.revision) : 0; };

  // -- what is being typed outlives the panel's swap, and a reload of the whole page
  var kept = null;
  function remember() {
    var field = byId("heard"), here = document.activeElement;
    kept = field ? { text: field.value, here: here === field, from: field.selectionStart, to: field.selectionEnd, id: here && here.id } : null;
    return kept;
  }
  function putBack() {
    var field = byId("heard");
    if (!kept || !field) { return; }
    field.value = kept.text;
    if (kept.here) { field.focus(); field.setSelectionRange(kept.from, kept.to); } else if (kept.id && byId(kept.id)) { byId(kept.id).focus(); }
    kept = null;
  }
  var isGuide = function (event) { return event.detail.target && event.detail.target.id === "guide"; };
  var busy = 0, sent = "";
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (isGuide(event)) { busy += 1; }
    if (event.target.id === "hear-form" && byId("heard")) { sent = byId("heard").value; byId("heard").value = ""; }
  });
  function giveBack(event) { if (event.target.id === "hear-form" && byId("heard") && !byId("heard").value) { byId("heard").value = sent; } }
  document.addEventListener("htmx:sendError", giveBack);
  document.addEventListener("htmx:responseError", giveBack);
  document.addEventListener("htmx:afterRequest", function (event) { if (isGuide(event)) { busy = Math.max(0, busy - 1); } });
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!isGuide(event)) { return; }
    remember();
    var from = event.detail.requestConfig && event.detail.requestConfig.elt;
    // Enter was pressed and nothing typed since: the field is left, so that one key picks a reply.
    if (kept && from && from.id === "hear-form" && !kept.text) { kept = null; document.activeElement.blur(); }
  });
  document.addEventListener("htmx:afterSwap", function (event) { if (isGuide(event)) { putBack(); } });
  window.addEventListener("beforeunload", function () { var now = remember(); if (now && now.text) { sessionStorage.setItem(KEPT, now.text); } });
  var before = sessionStorage.getItem(KEPT);
  if (before && byId("heard")) { byId("heard").value = before; sessionStorage.removeItem(KEPT); }

  // -- the stream
  var editing = function () { var here = document.activeElement; return here && here.closest && here.closest(".own-form, #gap, #misheard-reason"); };
  var newest = 0;
  function refresh() {
    if (newest <= revision()) { return; }
    if (busy || editing()) { setTimeout(refresh, busy ? 100 : 1500); return; }
    htmx.ajax("GET", root.dataset.guide, { source: "#guide", target: "#guide", swap: "innerHTML" });
  }
  function changed(event) { newest = Math.max(newest, JSON.parse(event.data).revision); refresh(); }
  var pause = 5000, source;
  function listen() {
    source = new EventSource(root.dataset.stream + "?since=" + revision());
    source.onopen = function () { pause = 5000; root.dataset.live = "1"; };
    source.addEventListener("guide", changed);
    source.addEventListener("warn", changed);
    source.addEventListener("crisis", changed);
    source.addEventListener("end", function () { source.close(); root.dataset.live = ""; });
    source.onerror = function () {
      root.dataset.live = "";
      if (source.readyState === EventSource.CLOSED) { setTimeout(listen, pause); pause = Math.min(pause * 2, 60000); }
    };
  }
  if (window.EventSource) { window.addEventListener("load", listen); window.addEventListener("pagehide", function () { if (source) { source.close(); } }); }
})();
