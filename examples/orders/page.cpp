// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <string>

namespace orders {

extern const std::string page;
const std::string page = R"page(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>orders</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; color: #223; }
  h1 { font-size: 1.3rem; } #state { font-weight: normal; color: #6a6; float: right; }
  #chart { display: grid; grid-template-columns: 8rem 1fr 4rem; gap: .4rem .8rem; }
  .bar { background: #4a7fd6; border-radius: 3px; min-width: 2px; transition: width .3s; }
  td { padding: .1rem 1rem .1rem 0; } .farewell #state { color: #b55; }
</style>
<h1>Orders, live <span id="state">connecting</span></h1>
<div id="chart"></div>
<h2 id="total">0 pieces sold</h2>
<table id="newest"></table>
<script>
  const sold = new Map(), newest = document.getElementById("newest");
  const state = document.getElementById("state");
  function draw() {
    const most = Math.max(...sold.values()), chart = document.getElementById("chart");
    chart.replaceChildren(...[...sold].sort().flatMap(([item, count]) => {
      const [name, bar, number] = ["span", "div", "span"].map(t => document.createElement(t));
      name.textContent = item;
      bar.className = "bar";
      bar.style.width = 100 * count / most + "%";
      bar.dataset.item = item;
      bar.dataset.count = number.textContent = count;
      return [name, bar, number];
    }));
    const total = [...sold.values()].reduce((a, b) => a + b, 0);
    document.getElementById("total").textContent = total + " pieces sold";
  }
  function add(order, isNew) {
    sold.set(order.item, (sold.get(order.item) ?? 0) + order.quantity);
    if (!isNew) return;
    const row = newest.insertRow(0);
    for (const text of ["#" + order.id, order.item, order.quantity]) row.insertCell().textContent = text;
    if (newest.rows.length > 8) newest.deleteRow(8);
  }
  const live = new EventSource("/live");
  live.onopen = () => state.textContent = "live";
  live.addEventListener("order", e => { add(JSON.parse(e.data), true); draw(); });
  live.addEventListener("farewell", e => {
    live.close();
    state.textContent = "farewell: " + e.data;
    document.body.className = "farewell";
  });
  fetch("/orders").then(r => r.json()).then(all => { all.forEach(o => add(o, false)); if (all.length) draw(); });
</script>
)page";

}  // namespace orders
