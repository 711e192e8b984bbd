// blocks and bodies
// run: format
// modes: no
f=(a,b=1,t=<-)=>{c=a+b return {c:c,d:[:]}}
g=()=>({a:1})
