// Keys, outcome fields, talk clock, plan preview and note check of the call screen. All words come from the page.
(function () {
  "use strict";
  var root = document.getElementById("call");
  if (!root) { return; }
  var byId = function (id) { return document.getElementById(id); };
  var typing = function (target) { return /^(input|textarea|select)$/i.test(target.tagName || "") && target.type !== "radio" && target.type !== "checkbox"; };
  var token = function () { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]; };

  function showFields() {
    var form = byId("outcome-form");
    if (!form) { return; }
    var chosen = form.querySelector("input[name=outcome]:checked");
    var wanted = chosen ? chosen.dataset.fields.split(" ") : [];
    form.querySelectorAll(".own").forEach(function (box) { box.classList.toggle("shown", wanted.indexOf(box.dataset.field) >= 0); });
    var kind = byId("f-kind");
    if (kind) { form.querySelectorAll("[data-kind]").forEach(function (box) { box.hidden = box.dataset.kind !== kind.value; }); }
    if (wanted.indexOf("plan") >= 0) { preview(); }
  }

  var previewTimer;
  function preview() {
    clearTimeout(previewTimer);
    previewTimer = setTimeout(function () {
      var form = byId("outcome-form"), account = byId("f-account");
      if (!form || !account || !account.value) { return; }
      var url = form.dataset.preview.replace("/0/", "/" + account.value + "/");
      var typed = new URLSearchParams();
      new FormData(form).forEach(function (value, key) { if (/^(plan_|term_)/.test(key)) { typed.append(key, value); } });
      fetch(url + "?" + typed).then(function (reply) { return reply.ok ? reply.text() : ""; }).then(function (html) { byId("plan-preview").innerHTML = html; }).catch(function () {});
    }, 250);
  }

  var noteTimer;
  function checkNote() {
    clearTimeout(noteTimer);
    noteTimer = setTimeout(function () {
      var form = byId("outcome-form");
      if (!form) { return; }
      fetch(form.dataset.note, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ note: byId("f-note").value }) })
        .then(function (reply) { return reply.ok ? reply.text() : ""; }).then(function (html) { byId("note-check").innerHTML = html; }).catch(function () {});
    }, 600);
  }

  var talkKey = "fairdue.talk." + root.dataset.permit;
  function talkStart() {
    if (!byId("talk") || localStorage.getItem(talkKey)) { return; }
    localStorage.setItem(talkKey, String(Date.now()));
    tick();
  }
  function tick() {
    var since = localStorage.getItem(talkKey), clock = byId("talk-clock");
    if (!since || !clock) { return; }
    var seconds = Math.max(0, Math.floor((Date.now() - Number(since)) / 1000));
    byId("f-talk").value = seconds;
    byId("talk").classList.add("active");
    clock.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }
  if (root.dataset.permit) { setInterval(tick, 1000); tick(); }

  document.addEventListener("click", function (event) {
    if (event.target.closest("#talk")) { talkStart(); }
    if (event.target.closest("#keys-button")) { byId("keys").showModal(); }
  });
  document.addEventListener("change", function (event) {
    if (!event.target.closest("#outcome-form")) { return; }
    var option = event.target.id === "f-account" ? event.target.selectedOptions[0] : null;
    if (option && option.dataset.yuan) { byId("f-amount").value = option.dataset.yuan; }
    if (event.target.name === "outcome" && event.target.value === "promise") { takeOver(); }
    showFields();
  });
  document.addEventListener("input", function (event) {
    if (event.target.id === "f-note") { checkNote(); }
    if (/^(plan_|term_)/.test(event.target.name || "")) { preview(); }
  });
  document.addEventListener("fairdue:outcome-shown", showFields);

  // What was agreed in words goes into the outcome card when it is opened, only where nothing was typed.
  function takeOver() {
    var said = byId("prefill");
    if (!said) { return; }
    [["f-due", said.dataset.due_on], ["f-time", said.dataset.due_time], ["f-channel", said.dataset.pay_channel]].forEach(function (pair) {
      var field = byId(pair[0]);
      if (field && pair[1] && (!field.value || field.dataset.taken === field.value)) { field.value = pair[1]; field.dataset.taken = pair[1]; field.dispatchEvent(new Event("input", { bubbles: true })); }
    });
  }

  var WHY = "fairdue.why";
  function showWhy() { var why = byId("why"); if (why) { why.open = localStorage.getItem(WHY) === "1"; } }
  function toggleWhy() { localStorage.setItem(WHY, localStorage.getItem(WHY) === "1" ? "0" : "1"); showWhy(); if (byId("why") && byId("why").open) { byId("why").scrollIntoView({ block: "nearest" }); } }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-why]") || event.target.closest("#why > summary")) { event.preventDefault(); toggleWhy(); }
    if (event.target.closest("[data-gap]") && byId("gap")) { byId("gap").showModal(); }
    if (event.target.closest("#gap [data-close]")) { byId("gap").close(); }
  });
  document.addEventListener("htmx:afterSettle", showWhy);
  document.addEventListener("submit", function (event) { if (event.target.closest("#gap")) { byId("gap").close(); } });
  showWhy();

  document.addEventListener("keydown", function (event) {
    var form = byId("outcome-form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.key === "Escape" && document.activeElement) { document.activeElement.blur(); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || byId("keys").open || (byId("gap") && byId("gap").open)) { return; }
    var key = event.key.toLowerCase();
    var own = event.shiftKey && /^Digit[1-3]$/.test(event.code) ? document.querySelector("[data-own='" + event.code.slice(5) + "']") : null;
    if (own) { event.preventDefault(); own.parentElement.open = true; own.parentElement.querySelector("textarea").focus(); return; }
    var target = null;
    if (key === "?") { event.preventDefault(); byId("keys").showModal(); return; }
    if (key === "/" && byId("heard")) { event.preventDefault(); byId("heard").focus(); return; }
    if (key === "c") { talkStart(); return; }
    if (key === "o" && form) { event.preventDefault(); (form.querySelector("input[name=outcome]:checked") || form.querySelector("input[name=outcome]")).focus(); return; }
    if (/^[1-9]$/.test(key)) { target = document.querySelector("[data-reply='" + key + "']") || document.querySelector("[data-dial='" + key + "']"); }
    if (!target && /^[a-z]$/.test(key)) { target = document.querySelector("[data-key='" + key + "']:not([disabled])"); }
    if (target) { event.preventDefault(); target.click(); }
  });
  showFields();
})();
