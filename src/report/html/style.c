/* How a page looks, and its one script. Colours keep a contrast of 4.5 to 1 and more, which tests/report measures. */
#include "report/html/writer.h"

const char *const octet_html_style[] = {
    ":root{--back:#fff;--card:#f4f6f8;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;--accent:#0b5cad;--good:#1a6b35;"
    "--fair:#875500;--poor:#b3261e;--goodback:#e6f4ea;--fairback:#fdf1d8;--poorback:#fce8e6;--blue:11 92 173;"
    "--red:196 60 20}\n",
    "@media (prefers-color-scheme:dark){:root{--back:#14171a;--card:#1d2126;--text:#e8eaed;--soft:#aab4be;"
    "--line:#3a424b;--accent:#7ab7ff;--good:#6ccb8a;--fair:#e8b84f;--poor:#ff938a;--goodback:#16301f;"
    "--fairback:#332810;--poorback:#3b1a18;--blue:70 140 230;--red:230 110 60}}\n",
    "@media print{:root{--back:#fff;--card:#fff;--text:#000;--soft:#444;--line:#999;--accent:#0b5cad;--good:#1a6b35;"
    "--fair:#875500;--poor:#b3261e;--goodback:#fff;--fairback:#fff;--poorback:#fff;--blue:11 92 173;--red:196 60 20}"
    "nav,.order{display:none!important}.card,details,figure,tr{break-inside:avoid}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible!important}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;"
    "overflow-wrap:anywhere}\n",
    "main{max-width:78rem;margin:0 auto;padding:1rem}\n",
    "h1{font-size:1rem;font-weight:600;color:var(--soft);margin:.2rem 0 .8rem}\n",
    "h2{font-size:1.3rem;line-height:1.25;margin:0 0 .6rem}h3{font-size:1.05rem;margin:1.2rem 0 .4rem}\n",
    "p{margin:.4rem 0;max-width:46rem}.part{margin:2.2rem 0 0;padding-top:1rem;border-top:1px solid var(--line)}\n",
    ".card{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--soft);"
    "border-radius:.4rem;padding:.9rem 1rem;margin:0 0 1rem}\n",
    ".card.good{border-left-color:var(--good);background:var(--goodback)}"
    ".card.fair{border-left-color:var(--fair);background:var(--fairback)}"
    ".card.poor{border-left-color:var(--poor);background:var(--poorback)}\n",
    ".card.good>h2{color:var(--good)}.card.fair>h2{color:var(--fair)}.card.poor>h2{color:var(--poor)}\n",
    "main>.card:first-of-type>h2{font-size:1.9rem}main>.card:first-of-type>p{font-size:1.15rem}\n",
    "p.poor{color:var(--poor)}p.fair{color:var(--fair)}p.good{color:var(--good)}\n",
    ".row{display:grid;gap:0 1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}"
    ".row.small{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}.row.small h3,.row.small h4{font-size:.9rem;"
    "margin:0 0 .3rem}.row.small .card{padding:.6rem;border-left-width:1px}.row.small p{font-size:.85rem;margin:0}\n",
    "nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:.4rem 0}nav a,a{color:var(--accent)}nav a{padding:.3rem "
    "0}\n",
    "dl{display:grid;gap:.15rem 1.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));margin:.6rem "
    "0}"
    "dl>div{display:flex;gap:.8rem;justify-content:space-between;border-bottom:1px solid var(--line);padding:.15rem 0}"
    "dl>.long{grid-column:1/-1;justify-content:flex-start}dl>.long "
    "dd{text-align:left}dt{color:var(--soft);flex:none;max-width:65%}.long>dt{width:9rem}dd{margin:0;text-align:right;"
    "font-variant-numeric:tabular-nums}\n",
    ".card>dl{grid-template-columns:repeat(auto-fit,minmax(min(100%,8.5rem),1fr))}.card>dl>div{display:block;border:0}"
    ".card>dl dt{font-size:.85rem;color:var(--text)}.card>dl dd{text-align:left;font-size:1.15rem;font-weight:600}\n",
    ".scroll{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums;"
    "overflow-wrap:normal}caption{text-align:left;color:var(--soft);padding:.2rem 0}"
    "th,td{padding:.25rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}"
    "th{font-weight:600}thead th{color:var(--soft)}.n{text-align:right;white-space:nowrap}"
    ".row.matrices{grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}.matrices "
    "table{font-size:.75rem}.matrices th,.matrices td{padding:.15rem .22rem;text-align:right}.matrices tbody "
    "th{max-width:6rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}\n",
    ".a1{background:rgb(var(--blue)/.08)}.a2{background:rgb(var(--blue)/.15)}.a3{background:rgb(var(--blue)/.22)}"
    ".a4{background:rgb(var(--blue)/.29)}.a5{background:rgb(var(--blue)/.36)}.b1{background:rgb(var(--red)/.08)}"
    ".b2{background:rgb(var(--red)/.15)}.b3{background:rgb(var(--red)/.22)}.b4{background:rgb(var(--red)/.29)}"
    ".b5{background:rgb(var(--red)/.36)}[class^=a],[class^=b]{text-align:right}\n",
    "pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem;overflow-x:auto;"
    "white-space:pre-wrap;font-size:.9rem}\n",
    "details{border-bottom:1px solid var(--line)}summary{display:grid;grid-template-columns:minmax(0,14rem) "
    "minmax(0,11rem) 1fr 5rem;gap:0 .8rem;align-items:center;padding:.4rem .2rem;cursor:pointer}"
    "summary small{color:var(--soft);font-size:.85rem}summary em{font-style:normal;text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}summary:hover{background:var(--card)}"
    "summary b::before{content:\"\\25b8\\a0\";color:var(--soft)}details[open]>summary "
    "b::before{content:\"\\25be\\a0\"}\n",
    "@media (max-width:40rem){summary{grid-template-columns:1fr auto}summary small,summary "
    ".bar{order:1;grid-column:1/-1;"
    "margin-left:1.1rem}th,td{padding:.2rem .25rem}table{font-size:.8rem}}"
    "p code{white-space:nowrap}\n",
    "details>:not(summary){margin-left:1.1rem}details>:last-child{margin-bottom:1rem}\n",
    ".bar{display:block;height:.8rem;background:var(--card);border:1px solid var(--line)}.bar i{display:block;"
    "height:100%;background:var(--accent)}.poor>summary .bar i{background:var(--poor)}"
    ".fair>summary .bar i{background:var(--fair)}.poor>summary em{color:var(--poor);font-weight:600}"
    ".fair>summary em{color:var(--fair);font-weight:600}\n",
    ".order button{font:inherit;color:var(--accent);background:none;border:1px solid var(--line);border-radius:.3rem;"
    "padding:.25rem .7rem;cursor:pointer}.order "
    "button[aria-pressed=true]{background:var(--accent);color:var(--back)}\n",
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}\n",
    "figure{margin:.8rem 0}figcaption{font-size:.85rem;color:var(--soft)}svg{display:block;width:100%}\n",
    ".histogram{height:5rem;border-bottom:1px solid var(--soft);fill:var(--accent)}.histogram "
    ".range{fill:var(--accent);"
    "opacity:.13}.histogram .out{fill:var(--poor)}.ends{display:flex;justify-content:space-between;font-size:.8rem;"
    "color:var(--soft)}\n",
    ".stripbox{display:flex;gap:.5rem;margin:.8rem 0}.scale{display:flex;flex-direction:column;"
    "justify-content:space-between;font-size:.8rem;color:var(--soft);text-align:right;white-space:nowrap;height:9rem;"
    "margin:-.6rem 0}"
    ".strip{height:8rem;margin-top:0;fill:var(--accent)}.strip .grid{stroke:var(--line);fill:none;"
    "vector-effect:non-scaling-stroke}.strip .poor{fill:var(--poor)}.strip .fair{fill:var(--fair)}\n",
    ".curves{height:5rem;fill:none;background:var(--back)}.curves polyline{vector-effect:non-scaling-stroke;"
    "stroke-width:1.5}.curves .c0{stroke:var(--accent)}.curves .c1{stroke:var(--poor)}.curves .c2{stroke:var(--good)}"
    ".curves .c3{stroke:var(--fair)}\n",
    ".spans{height:14rem;border:1px solid var(--line);background:var(--card);stroke:var(--back);stroke-width:1}"
    ".spans rect{vector-effect:non-scaling-stroke;opacity:.75}.spans .c0{fill:var(--accent)}.spans "
    ".c1{fill:var(--good)}"
    ".spans .c2{fill:var(--fair)}.spans .c3{fill:var(--soft)}\n",
    "img{display:block;width:100%;max-width:9rem;image-rendering:pixelated;border:1px solid var(--line);"
    "margin-bottom:.3rem}\n",
    NULL};

const char octet_html_script[] =
    "document.querySelectorAll('.order').forEach(function(bar){var list=bar.nextElementSibling,"
    "buttons=bar.querySelectorAll('button');bar.hidden=false;buttons.forEach(function(button){"
    "button.addEventListener('click',function(){var by=button.dataset.by;Array.from(list.children).sort("
    "function(a,b){return a.dataset[by]-b.dataset[by]}).forEach(function(entry){list.appendChild(entry)});"
    "buttons.forEach(function(other){other.setAttribute('aria-pressed',String(other===button))})})})})";

const char octet_html_script_hash[] = "oWYmg4GmPLvF4uO6HBFCebAc11GowBUSq2tjdcebXjA=";
