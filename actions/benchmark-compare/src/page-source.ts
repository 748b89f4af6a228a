/** The trend page's own style and script: no library, no network. Texts reach the page as text nodes only. */

export const pageStyle = `:root{color-scheme:light dark;--line:#0969da;--step:#cf222e;--soft:#59636e;--edge:#d0d7de}
@media(prefers-color-scheme:dark){:root{--line:#58a6ff;--step:#ff7b72;--soft:#9198a1;--edge:#30363d}}
body{font:14px system-ui,sans-serif;margin:0}header{display:flex;gap:16px;align-items:center;flex-wrap:wrap;padding:8px 16px;border-bottom:1px solid var(--edge)}
h1{font-size:18px;margin:0}h2{font-size:15px;margin:12px 8px 4px}main{display:grid;grid-template-columns:minmax(260px,36%) 1fr;height:calc(100vh - 60px)}
nav{overflow:auto;border-right:1px solid var(--edge)}nav button{display:grid;grid-template-columns:1fr 90px;gap:8px;width:100%;text-align:left;border:0;background:none;color:inherit;font:inherit;padding:5px 8px;cursor:pointer}
nav button:hover,nav button[aria-current=true]{background:color-mix(in srgb,var(--line) 15%,transparent)}nav span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
section{padding:12px;overflow:auto}svg{display:block;max-width:100%}path{fill:none;stroke:var(--line);stroke-width:1.5}.step{stroke:var(--step);stroke-dasharray:4 3}.grid{stroke:var(--edge)}
text{fill:currentColor;font-size:11px}circle{fill:var(--line)}.band{fill:var(--line);opacity:.15}.cross{stroke:var(--soft)}section svg{touch-action:pan-y;user-select:none}section button{font:inherit}p{color:var(--soft)}@media(max-width:700px){main{display:block;height:auto}}`;

export const pageScript = `
const shards=new Map();let chosen=-1,view=null;const by=(id)=>document.getElementById(id);
const svg=(tag,set)=>{const e=document.createElementNS("http://www.w3.org/2000/svg",tag);for(const k in set)e.setAttribute(k,set[k]);return e};
const el=(tag,text)=>{const e=document.createElement(tag);if(text!==undefined)e.textContent=text;return e};
const scale=(v,u)=>{const s=u==="ns"?[[1e9,"s"],[1e6,"ms"],[1e3,"µs"]]:u==="B"||u==="B/s"?[[1e9,"G"+u],[1e6,"M"+u],[1e3,"k"+u]]:[];
const f=s.find((x)=>Math.abs(v)>=x[0]);return Number((f?v/f[0]:v).toPrecision(4))+" "+(f?f[1]:u)};
const spark=(values)=>{const s=svg("svg",{width:90,height:18,"aria-hidden":"true"});if(values.length<2)return s;const lo=Math.min(...values),hi=Math.max(...values);
s.append(svg("path",{d:values.map((v,i)=>(i?"L":"M")+(i*88/(values.length-1)+1).toFixed(1)+" "+(hi===lo?9:16-14*(v-lo)/(hi-lo)).toFixed(1)).join("")}));return s};
function list(){const nav=by("list"),text=by("search").value.toLowerCase(),how=by("group").value,groups=new Map();
heads.forEach((h,i)=>{if(!(h.s+" "+h.n+" "+h.m).toLowerCase().includes(text))return;const g=how==="suite"?h.s:how==="metric"?h.m:"";if(!groups.has(g))groups.set(g,[]);groups.get(g).push(i)});
nav.replaceChildren();for(const [g,own] of groups){if(g)nav.append(el("h2",g));for(const i of own){const h=heads[i],b=el("button");b.type="button";
b.append(el("span",h.n+(h.m==="time"||h.m==="value"?"":" ("+h.m+")")+(h.t.length?" ◆":"")),spark(h.l));b.title=h.n;b.setAttribute("aria-current",String(i===chosen));b.onclick=()=>{location.hash=String(i)};nav.append(b)}}
if(!nav.firstChild)nav.append(el("p","Nothing matches."))}
function forgeShard(from,data){data.forEach((d,i)=>{let at=d[0];shards.set(from+i,d[1].map((v,k)=>{at+=k===0?0:d[2]?d[2][k]:1;return [...runs[at],v]}))});if(chosen>=0)draw()}
function choose(i){if(!heads[i])return;chosen=i;view=null;list();if(!shards.has(i)&&typeof shardSize!=="undefined"){const s=el("script");s.src="data/"+Math.floor(i/shardSize)+".js";document.body.append(s)}draw()}
function draw(){const h=heads[chosen],box=by("chart");if(!h)return;box.replaceChildren(el("h2",(h.s?h.s+" / ":"")+h.n+" ("+h.m+")"));if(h.r)box.append(el("p","This run: "+h.r));
const all=shards.get(chosen);if(!all){box.append(el("p","Loading."));return}
const W=900,H=380,L=80,B=30,log=by("log").checked,whole=all.filter((p)=>!log||p[3]>0);if(!whole.length){box.append(el("p","No values."));return}
const end=whole.length-1,from=view?Math.min(view[0],end):0,to=view?Math.min(view[1],end):end,pts=whole.slice(from,to+1),at=(v)=>log?Math.log10(v):v,y0=pts.map((p)=>at(p[3]));
let lo=Infinity,hi=-Infinity;for(const v of y0){lo=Math.min(lo,v);hi=Math.max(hi,v)}if(hi===lo){lo-=Math.abs(lo)*.1||1;hi+=Math.abs(hi)*.1||1}const air=(hi-lo)*.08;lo-=air;hi+=air;
const wide=(W-L-10)/Math.max(1,pts.length-1),x=(i)=>pts.length<2?L+(W-L-10)/2:L+wide*i,y=(v)=>10+(H-B-10)*(1-(v-lo)/(hi-lo)),cut=(v)=>v<=0&&log?H-B:Math.min(H-B,Math.max(10,y(at(v))));
const s=svg("svg",{viewBox:"0 0 "+W+" "+H,role:"img","aria-label":h.n+", "+pts.length+" values"});
bands(whole,h.t).forEach(([a,b,l,u])=>{if(b<from||a>to)return;const x1=x(Math.max(a,from)-from),x2=x(Math.min(b,to)-from);s.append(svg("rect",{class:"band",x:x1,y:cut(u),width:Math.max(3,x2-x1),height:Math.max(1,cut(l)-cut(u))}))});
for(let k=0;k<=4;k++){const v=lo+(hi-lo)*k/4,t=svg("text",{x:2,y:y(v)+4});t.textContent=scale(log?10**v:v,h.u);s.append(svg("path",{class:"grid",d:"M"+L+" "+y(v)+"H"+W}),t)}
s.append(svg("path",{d:y0.map((v,i)=>(i?"L":"M")+x(i).toFixed(1)+" "+y(v).toFixed(1)).join("")}));let last=-2;
pts.forEach((p,i)=>{if(h.t.includes(p[0]))s.append(svg("path",{class:"step",d:"M"+x(i)+" 10V"+(H-B)}));if(p[2]!==last){last=p[2];const t=svg("text",{x:x(i),y:H-4});t.textContent=(hosts[p[2]]||"?").slice(0,24);if(i===0||pts.length<400)s.append(t)}
s.append(svg("circle",{cx:x(i),cy:y(y0[i]),r:pts.length>300?1.5:3}))});
const cross=svg("path",{class:"cross"}),read=el("p","Point at a value; drag to look closer.");read.id="read";s.append(cross);
const near=(e)=>{const r=s.getBoundingClientRect();return Math.max(0,Math.min(pts.length-1,Math.round(((e.clientX-r.left)*W/r.width-L)/wide)))};let held=-1;
s.onpointermove=(e)=>{const i=near(e),p=pts[i];cross.setAttribute("d","M"+x(i)+" 10V"+(H-B));read.textContent=p[0]+" "+p[1]+": "+scale(p[3],h.u)+", "+(hosts[p[2]]||"unknown machine")};
s.onpointerdown=(e)=>{held=near(e);e.preventDefault()};s.onpointerup=(e)=>{const a=Math.min(held,near(e)),b=Math.max(held,near(e));held=-1;if(a>=0&&b-a>1){view=[from+a,from+b];draw()}};
const bar=el("p"),button=(text,go)=>{const b=el("button",text);b.type="button";b.onclick=()=>{view=go();draw();[...by("chart").querySelectorAll("button")].find((o)=>o.textContent===text)?.focus()};bar.append(b," ")},half=Math.ceil((to-from)/2),q=Math.floor((to-from)/4);
button("closer",()=>[from+q,to-q]);button("earlier",()=>[Math.max(0,from-half),to-Math.min(from,half)]);button("later",()=>[from+Math.min(end-to,half),Math.min(end,to+half)]);button("whole course",()=>null);
box.append(s,read,bar,el("p",(h.t.length?"Steps since "+h.t.join(", ")+". ":"No step was found. ")+"Bands are 95 % intervals of the level between steps."))}
function bands(pts,steps){const out=[];let begin=0;pts.forEach((p,i)=>{if(i<pts.length-1&&!steps.includes(pts[i+1][0]))return;const v=pts.slice(begin,i+1).map((o)=>o[3]),n=v.length,m=mid(v),d=1.8582*mid(v.map((o)=>Math.abs(o-m)))*(1.96+2.4/n)/Math.sqrt(n);if(n>3)out.push([begin,i,m-d,m+d]);begin=i+1});return out}
function mid(v){const s=[...v].sort((a,b)=>a-b),n=s.length;return n%2?s[(n-1)/2]:(s[n/2-1]+s[n/2])/2}
by("search").oninput=list;by("group").onchange=list;by("log").onchange=draw;addEventListener("hashchange",()=>{choose(Number(location.hash.slice(1)))});
by("search").onkeydown=(e)=>{if(e.key==="ArrowDown")by("list").querySelector("button")?.focus()};
by("list").onkeydown=(e)=>{const b=[...by("list").querySelectorAll("button")],i=b.indexOf(document.activeElement);if(e.key==="ArrowDown")b[i+1]?.focus();if(e.key==="ArrowUp")(b[i-1]??by("search")).focus()};
list();if(heads.length)choose(location.hash?Number(location.hash.slice(1)):0);`;
