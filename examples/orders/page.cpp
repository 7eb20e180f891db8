// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <string>

namespace orders {
extern const std::string page;
const std::string page = R"page(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>orders</title><link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; color: #223; }
  #state { float: right; font: 1rem/3 system-ui; color: #383; } .farewell #state { color: #b33; }
  #chart { display: grid; grid-template-columns: 8rem 1fr 4rem; gap: .4rem .8rem; }
  .stripe { background: #4a7fd6; border-radius: 3px; min-width: 2px; }
  #newest ::marker { content: "#" counter(list-item) "\a0\a0"; color: #778; }
</style>
<h1>Orders <span id="state">connecting</span></h1>
<div id="chart"></div><h2 id="total">0 pieces sold</h2><ol id="newest" reversed></ol>
<script>
  const all = new Map(), $ = id => document.getElementById(id);
  function element(kind, text, more) {
    return Object.assign(document.createElement(kind), { textContent: text }, more);
  }
  function draw() {
    const sold = new Map();
    for (const o of all.values()) sold.set(o.item, (sold.get(o.item) ?? 0) + o.quantity);
    const most = Math.max(...sold.values());
    $("chart").replaceChildren(...[...sold].sort().flatMap(([item, count]) => {
      const stripe = element("div", "", { className: "stripe", style: `width:${100 * count / most}%` });
      Object.assign(stripe.dataset, { item, count });
      return [element("span", item), stripe, element("span", count)];
    }));
    $("total").textContent = [...sold.values()].reduce((a, b) => a + b, 0) + " pieces sold";
    const newest = [...all.values()].sort((a, b) => b.id - a.id).slice(0, 8);
    $("newest").replaceChildren(...newest.map(o => element("li", `${o.quantity} × ${o.item}`, { value: o.id })));
  }
  function add(orders) { for (const o of orders) all.set(o.id, o); draw(); }
  const live = new EventSource("/live");
  live.onopen = () => { $("state").textContent = "live"; fetch("/orders").then(r => r.json()).then(add); };
  live.addEventListener("order", e => add([JSON.parse(e.data)]));
  live.addEventListener("farewell", e => {
    live.close();
    $("state").textContent = "farewell: " + e.data;
    document.body.className = "farewell";
  });
</script>
)page";
}  // namespace orders
