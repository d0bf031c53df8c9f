/** Line icons of our own, drawn in the colour of the text, 20 × 20. */
const PATHS = {
  close: 'M5 5l10 10M15 5L5 15',
  back: 'M12 4l-6 6 6 6',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  chevron: 'M6 8l4 4 4-4',
  more: 'M10 4.6v.1M10 10v.1M10 15.4v.1',
  reply:
    'M17 9.2c0 3.4-3.1 6.2-7 6.2-.9 0-1.8-.1-2.600-.4L3.500 16l1-3.100C3.600 11.900 3 10.600 3 9.200 3 5.800 6.100 3 10 3s7 2.800 7 6.200z',
  send: 'M3.500 3.800L17 10 3.500 16.200 5.300 10zM5.300 10H11',
  smile: 'M17 10a7 7 0 11-14 0 7 7 0 0114 0zM7.500 8v.1M12.500 8v.1M7 11.800c1.600 2.200 4.400 2.200 6 0',
  addEmoji:
    'M16.700 10.500A6.800 6.800 0 119.500 3.300M7.300 8.300v.1M11.700 8.300v.1M6.800 11.800c1.500 2.100 4.100 2.100 5.600 0M15.500 2.500v5M13 5h5',
  at: 'M13 7v4.500c0 1.400.9 2 1.900 2 1.400 0 2.100-1.500 2.100-3.500a7 7 0 10-2.800 5.600M13 10a3 3 0 11-6 0 3 3 0 016 0z',
  slash: 'M12.500 4l-5 12M3 3h14v14H3z',
  people:
    'M7.500 9.500a3 3 0 100-6 3 3 0 000 6zM2 16.500c0-3 2.200-5 5.500-5s5.500 2 5.500 5M13 3.800a3 3 0 010 5.400M15 11.800c2 .7 3 2.400 3 4.700',
  sun: 'M10 13.500a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100',
  moon: 'M16.500 12A7 7 0 018 3.500 7 7 0 1016.500 12z',
  auto: 'M10 3a7 7 0 100 14zM10 3a7 7 0 010 14',
  file: 'M5 2.500h6.500L15.500 6.500v11h-10.500zM11.500 2.500v4h4',
  download: 'M10 3v9M6 8.500l4 4 4-4M4 16.500h12',
  expand: 'M12 3h5v5M8 17H3v-5M17 3l-6 6M3 17l6-6',
  down: 'M10 4v12M5 11l5 5 5-5',
  check: 'M4.500 10.500l3.800 3.800 7.200-8',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 016 0V9',
  warning: 'M10 3l7.500 13.500h-15zM10 8v4M10 14.200v.1',
  info: 'M17 10a7 7 0 11-14 0 7 7 0 0114 0zM10 9.200v4.300M10 6.600v.1',
  error: 'M17 10a7 7 0 11-14 0 7 7 0 0114 0zM10 6.300v4.500M10 13.400v.1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width={name === 'more' ? 2.4 : 1.5}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
