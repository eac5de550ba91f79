import { getDomain } from 'tldts';

/** Services whose pages and mail belong to whoever signs up for them, most for nothing. */

const set = (domains: string): ReadonlySet<string> => new Set(domains.split(' '));

export const SHORTENERS: ReadonlySet<string> = set(
  'bit.ly tinyurl.com goo.gl t.co ow.ly is.gd buff.ly rebrand.ly cutt.ly tiny.cc shorturl.at rb.gy t.ly bl.ink s.id v.gd lnkd.in qrco.de linktr.ee tiny.one urlz.fr u.to ln.run vk.sv surl.li shorten.ee dub.sh short.gy l.ead.me n9.cl acortar.link encurtador.com.br goo.su clck.ru kutt.it da.gd soo.gd x.gd 2no.co qr.ae t2m.io lc.cx rotf.lol bitly.ws tinyurl.mobi q-r.to wa.link trib.al shorturl.gg t1p.de kurzelinks.de',
);

export const FREE_MAIL: ReadonlySet<string> = set(
  'gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.es outlook.it hotmail.com hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.co.uk live.com live.fr live.de msn.com yahoo.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.com.br ymail.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de aol.com icloud.com proton.me protonmail.com mail.com email.com mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it uol.com.br bol.com.br terra.com.br naver.com 163.com 126.com qq.com aliyun.com sina.com zoho.com tutanota.com tuta.io fastmail.com hushmail.com rediffmail.com consultant.com usa.com',
);

/** Where anybody puts up a page, a file or a function under a name of the host. */
const PAGES = set(
  'firebaseapp.com web.app run.app cloudfunctions.net appspot.com storage.googleapis.com cloudfront.net amazonaws.com digitaloceanspaces.com ondigitalocean.app azurewebsites.net azureedge.net azurefd.net core.windows.net cloudapp.net cloudapp.azure.com vercel.app netlify.app netlify.com herokuapp.com pages.dev workers.dev r2.dev trycloudflare.com github.io gitlab.io glitch.me repl.co replit.app surge.sh onrender.com fly.dev railway.app bubbleapps.io webflow.io wixsite.com weebly.com weeblysite.com blogspot.com blogspot.fr blogspot.de wordpress.com godaddysites.com square.site my.canva.site canva.site carrd.co framer.app framer.website notion.site sites.google.com ipfs.io dweb.link ngrok.io ngrok.app ngrok-free.app plesk.page linodeobjects.com backblazeb2.com contaboserver.net secureserver.net hostinger-site.com 000webhostapp.com infinityfreeapp.com tempurl.host myqcloud.com aliyuncs.com formstack.com jotform.com typeform.com forms.gle docs.google.com translate.goog',
);
/** Mail from these is from whoever opened an account there, not from the name above it. */
const MAILERS = set(
  'firebaseapp.com web.app onmicrosoft.com contaboserver.net secureserver.net herokuapp.com amazonaws.com sslip.io',
);

/** The host, or the domain above it, that stands in a list; null where none does. */
function listed(host: string, list: ReadonlySet<string>): string | null {
  const labels = host.split('.');
  for (let from = 0; from < labels.length - 1 && from < 10; from += 1) {
    const domain = labels.slice(from).join('.');
    if (list.has(domain)) return domain;
  }
  return null;
}

/** The service that lets anybody put up a page under this host; null where it is none that is known. */
export function pageHost(host: string): string | null {
  return listed(host, PAGES);
}

/** The service whose customers send under this host; null where it is none that is known. */
export function mailHost(host: string): string | null {
  return listed(host, MAILERS);
}

/** The registrable domain of a host (public suffix list, ICANN part); the host itself where it has none. */
export function registrable(host: string): string {
  return getDomain(host) ?? host;
}
