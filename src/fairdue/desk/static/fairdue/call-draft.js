// Nothing typed is lost: the outcome form is mirrored on this computer at once, saved on the server as soon as it can be,
// and sent again until the server has it. The server records an outcome once, however often it is sent.
(function () {
  "use strict";
  var root = document.getElementById("call");
  if (!root) { return; }
  var PREFIX = "fairdue.draft.";
  var permit = root.dataset.permit;
  // What was typed with the customer and what was typed while somebody else may be on the line are kept apart.
  var slot = PREFIX + permit + (root.dataset.part ? "." + root.dataset.part : "");
  Object.keys(localStorage).forEach(function (key) {
    if ((key.indexOf(PREFIX) === 0 && key !== PREFIX + permit && key.indexOf(PREFIX + permit + ".") !== 0) || (key.indexOf("fairdue.talk.") === 0 && key !== "fairdue.talk." + permit)) { localStorage.removeItem(key); }
  });
  if (!permit) { return; }
  var words = document.getElementById("call-words").dataset;
  var state = document.getElementById("save-state");
  var revision = Number(root.dataset.revision);
  var timer, pause = 1000, saving = false, dirty = false;
  var token = function () { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]; };
  var form = function () { return document.getElementById("outcome-form"); };

  function typed() {
    var out = {};
    new FormData(form()).forEach(function (value, key) { if (key !== "csrfmiddlewaretoken") { out[key] = value; } });
    return out;
  }
  function mirror() { localStorage.setItem(slot, JSON.stringify({ revision: revision, saved: !dirty, draft: typed() })); }
  function say(text, alarm) { state.textContent = text; state.classList.toggle("text-danger", !!alarm); state.classList.toggle("text-secondary", !alarm); }

  function restore() {
    var kept;
    try { kept = JSON.parse(localStorage.getItem(slot)); } catch (error) { kept = null; }
    if (!kept || kept.saved || kept.revision < revision) { return; }
    Object.keys(kept.draft).forEach(function (name) {
      form().querySelectorAll("[name='" + name + "']").forEach(function (field) {
        if (field.type === "radio" || field.type === "checkbox") { field.checked = field.value === kept.draft[name]; } else { field.value = kept.draft[name]; }
      });
    });
    document.dispatchEvent(new Event("fairdue:outcome-shown"));
    changed();
  }

  function changed() { dirty = true; mirror(); say(words.saving); clearTimeout(timer); timer = setTimeout(save, 500); }

  function save() {
    if (saving || !dirty || !form()) { return; }
    saving = true;
    dirty = false;
    fetch(root.dataset.draft, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: JSON.stringify({ draft: typed(), revision: revision + 1 }) })
      .then(function (reply) {
        if (reply.status === 409) { return reply.json().then(function (body) { revision = body.revision; throw new Error("stale"); }); }
        if (!reply.ok) { throw new Error(String(reply.status)); }
        return reply.json();
      })
      .then(function (body) { revision = body.revision; pause = 1000; mirror(); say(words.saved); })
      .catch(function (error) {
        dirty = true;
        mirror();
        if (error.message !== "stale") { say(words.unsaved, true); pause = Math.min(pause * 2, 30000); }
        timer = setTimeout(save, error.message === "stale" ? 0 : pause);
      })
      .finally(function () { saving = false; if (dirty) { clearTimeout(timer); timer = setTimeout(save, pause); } });
  }

  var sendPause = 1000;
  function send() {
    var body = new FormData(form());
    document.getElementById("record").disabled = true;
    fetch(form().action, { method: "POST", headers: { "X-CSRFToken": token(), "X-Requested-With": "fetch" }, body: body })
      .then(function (reply) {
        if (reply.status === 422) { return reply.text().then(function (html) { document.getElementById("outcome").innerHTML = html; document.dispatchEvent(new Event("fairdue:outcome-shown")); var alarm = document.querySelector("#outcome [role=alert]"); if (alarm) { alarm.scrollIntoView({ block: "nearest" }); } }); }
        if (!reply.ok || reply.redirected) { throw new Error(String(reply.status)); }
        return reply.json().then(function (answer) { localStorage.removeItem(slot); dirty = false; location.assign(answer.next); });
      })
      .catch(function () {
        document.getElementById("send-state").textContent = words.sending;
        sendPause = Math.min(sendPause * 2, 15000);
        setTimeout(send, sendPause);
      });
  }

  root.addEventListener("submit", function (event) { if (event.target.id === "outcome-form") { event.preventDefault(); mirror(); send(); } });
  root.addEventListener("input", function (event) { if (event.target.closest("#outcome-form")) { changed(); } });
  root.addEventListener("change", function (event) { if (event.target.closest("#outcome-form")) { changed(); } });
  window.addEventListener("online", save);
  setInterval(function () {
    fetch(root.dataset.alive, { method: "POST", headers: { "X-CSRFToken": token() } })
      .then(function (reply) { return reply.ok ? reply.json() : null; })
      .then(function (body) { if (body && !body.open) { say(words.expired, true); } })
      .catch(function () { if (dirty) { say(words.unsaved, true); } });
  }, 30000);
  if (!root.dataset.open) { say(words.expired, true); }
  restore();
})();
