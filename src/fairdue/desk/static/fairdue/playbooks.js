// The line editor and the file editor: searchable lists, facts put in at the cursor, a warning before unsaved text is left.
(function () {
  "use strict";
  var form = document.querySelector("[data-unsaved]");
  var dirty = false;
  var leaving = false;
  if (form) {
    form.addEventListener("input", function () { dirty = true; });
    form.addEventListener("submit", function () { leaving = true; });
    // The address of the live preview belongs to typing; a submit goes the form's own way.
    window.addEventListener("beforeunload", function (event) {
      if (dirty && !leaving) { event.preventDefault(); event.returnValue = form.dataset.unsaved; }
    });
    document.addEventListener("keydown", function (event) {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }
  document.addEventListener("input", function (event) {
    if (!event.target.matches("[data-picker-filter]")) { return; }
    event.stopPropagation();
    var wanted = event.target.value.trim().toLowerCase();
    event.target.closest("[data-picker]").querySelectorAll(".picker-item").forEach(function (item) {
      var ticked = item.querySelector("input").checked;
      item.hidden = wanted !== "" && !ticked && item.title.toLowerCase().indexOf(wanted) < 0 && item.textContent.toLowerCase().indexOf(wanted) < 0;
    });
  }, true);
  // A long list is one stop of the Tab key (and one for each box that is ticked); the arrow keys walk through it.
  function stop(box) { box.tabIndex = box.checked ? 0 : -1; }
  document.querySelectorAll("[data-picker]").forEach(function (picker) {
    var boxes = Array.prototype.slice.call(picker.querySelectorAll(".picker-item input"));
    if (picker.querySelector("[data-picker-filter]")) { boxes.forEach(stop); } else { boxes.slice(1).forEach(stop); }
  });
  document.addEventListener("keydown", function (event) {
    var picker = event.target.closest("[data-picker]");
    if (!picker) { return; }
    if (event.key === "Enter" && event.target.matches("[data-picker-filter]")) { event.preventDefault(); }
    var step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) { return; }
    event.preventDefault();
    var stops = Array.prototype.filter.call(picker.querySelectorAll("input"), function (input) { return input.offsetParent !== null; });
    var next = stops[stops.indexOf(event.target) + step];
    if (next) { next.focus(); }
  });
  document.addEventListener("change", function (event) {
    var item = event.target.closest(".picker-item");
    if (!item) { return; }
    item.classList.toggle("picker-on", event.target.checked);
    stop(event.target);
  });
  document.addEventListener("click", function (event) {
    var fact = event.target.closest("[data-insert]");
    if (!fact) { return; }
    var field = document.getElementById("id_say");
    var start = field.selectionStart, end = field.selectionEnd, text = "{" + fact.dataset.insert + "}";
    field.setRangeText(text, start, end, "end");
    field.focus();
    var need = fact.dataset.need;
    var box = need && document.querySelector('input[name="needs"][value="' + need + '"]');
    if (box && !box.checked) {
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  var code = document.querySelector("[data-code]");
  if (!code) { return; }
  var rows = document.querySelector(".code-rows");
  function number() {
    var count = code.value.split("\n").length, text = "";
    for (var n = 1; n <= count; n += 1) { text += n + "\n"; }
    rows.textContent = text;
    rows.scrollTop = code.scrollTop;
  }
  function go(row) {
    var lines = code.value.split("\n"), at = 0;
    for (var n = 0; n < row - 1 && n < lines.length; n += 1) { at += lines[n].length + 1; }
    code.focus();
    code.setSelectionRange(at, at + (lines[row - 1] || "").length);
    code.scrollTop = Math.max(0, (row - 4) * parseFloat(getComputedStyle(code).lineHeight));
    rows.scrollTop = code.scrollTop;
  }
  code.addEventListener("input", number);
  code.addEventListener("scroll", function () { rows.scrollTop = code.scrollTop; });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-row]");
    if (link) { go(parseInt(link.dataset.row, 10)); }
  });
  if (/^#\d+$/.test(location.hash)) { go(parseInt(location.hash.slice(1), 10)); }
})();
