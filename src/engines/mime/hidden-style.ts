/** What of the style in force decides whether a reader sees a text. */
export interface StyleState {
  hidden: boolean;
  /** `rrggbb`, or the name where it is none that is known. */
  background: string;
  color: string;
}

const PAGE: StyleState = { hidden: false, background: 'ffffff', color: '000000' };
const NAMES: Readonly<Record<string, string>> = { white: 'ffffff', black: '000000', transparent: '' };
const INVISIBLE =
  /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0*\.?0+(?:px|pt|em|rem|%)?\s*(?:!important\s*)?(?:;|$)|font-size\s*:\s*[01]px|opacity\s*:\s*0*\.?0+\s*(?:!important\s*)?(?:;|$)|mso-hide\s*:\s*all|text-indent\s*:\s*-\d{4,}|(?:left|top|margin-left|margin-top)\s*:\s*-\d{4,}px|transform\s*:\s*scale\(\s*0|clip\s*:\s*rect\(\s*0(?:px)?[\s,]+0(?:px)?[\s,]+0|(?:^|[;\s])color\s*:\s*transparent|color\s*:\s*rgba\([^)]{1,40},\s*0?\.?0+\s*\))/;
const CLIPPED = /(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0+(?:px)?\s*(?:!important\s*)?(?:;|$)/;
const MAX_STYLE = 2_000;

function declared(style: string, property: RegExp): string | undefined {
  return property.exec(style)?.[1]?.trim();
}

function colorOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value.toLowerCase().replace(/^#/, '').trim();
  if (/^[0-9a-f]{3}$/.test(text)) return Array.from(text, (digit) => digit + digit).join('');
  const rgb = /^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})/.exec(text);
  if (rgb !== null) return [rgb[1], rgb[2], rgb[3]].map((part) => Number(part).toString(16).padStart(2, '0')).join('');
  return NAMES[text] ?? text;
}

const COLOR = /(?:^|;)\s*color\s*:\s*([^;]{1,60})/;
const BACKGROUND = /(?:^|;)\s*background(?:-color)?\s*:\s*(#[0-9a-f]{3,8}|rgba?\([^)]{1,40}\)|[a-z]{3,20})/;

export const HiddenStyle = {
  /** The style inside an element, from that outside it and the element's own attributes. */
  enter(outer: StyleState | undefined, name: string, attributes: Record<string, string>): StyleState {
    const around = outer ?? PAGE;
    const rawStyle = attributes['style'];
    const fontColor = attributes['color'];
    const cellColor = attributes['bgcolor'];
    if (
      rawStyle === undefined &&
      fontColor === undefined &&
      cellColor === undefined &&
      attributes['hidden'] === undefined
    ) {
      return around;
    }
    const style = (rawStyle ?? '').slice(0, MAX_STYLE).toLowerCase();
    const background = colorOf(declared(style, BACKGROUND)) || colorOf(cellColor) || around.background;
    const ownColor = colorOf(declared(style, COLOR)) ?? (name === 'font' ? colorOf(fontColor) : undefined);
    const color = ownColor ?? around.color;
    const sameColor = ownColor !== undefined && color === background && !style.includes('background-image');
    const clipped = CLIPPED.test(style) && /overflow\s*:\s*hidden/.test(style);
    const hidden = around.hidden || attributes['hidden'] !== undefined || INVISIBLE.test(style) || clipped || sameColor;
    return { hidden, background, color };
  },
};
