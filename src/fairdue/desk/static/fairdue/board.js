// The board's two charts. All words come from the page, so that there is one place for translations.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("board-data").textContent);
  var words = data.words;
  var calm = { animation: false, textStyle: { fontFamily: "inherit" }, grid: { left: 44, right: 16, top: 32, bottom: 28 } };

  function draw(id, option) {
    var box = document.getElementById(id);
    var chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(Object.assign({}, calm, option));
    window.addEventListener("resize", function () { chart.resize(); });
  }

  draw("chart-hours", {
    legend: { top: 0 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: data.hours },
    yAxis: { type: "value", minInterval: 1 },
    series: [
      { name: words.calls, type: "bar", data: data.calls, itemStyle: { color: "#9db7d5" } },
      { name: words.through, type: "bar", data: data.through, itemStyle: { color: "#2f6f4f" } }
    ]
  });

  draw("chart-curve", {
    legend: { top: 0 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: data.days },
    yAxis: { type: "value", max: 100, axisLabel: { formatter: "{value}%" } },
    series: [
      { name: words.recovered, type: "line", data: data.recovered, connectNulls: false, itemStyle: { color: "#2f6f4f" } },
      { name: words.target, type: "scatter", symbol: "diamond", symbolSize: 12, itemStyle: { color: "#d98a2b" },
        data: data.targets.map(function (pair) { return [String(pair[0]), pair[1]]; }) }
    ]
  });
})();
