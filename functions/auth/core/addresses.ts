/**
 * The unit that counts as one address: an IPv4 address (also mapped into IPv6), or the /64 network of an IPv6 address,
 * because each subscriber line or server has at least a /64.
 */
export const addressOf = (sourceIp: string): string => {
  const ip = sourceIp.toLowerCase();
  const mapped = mappedIpv4(ip);
  if (mapped !== undefined) return mapped;
  return ip.includes(':') ? ipv6Network(ip, 64) : ip;
};

/**
 * The /48 network of an IPv6 address: the largest network that one customer usually gets, with 65,536 networks of /64.
 * Undefined for IPv4, whose larger networks belong to many customers.
 */
export const siteOf = (sourceIp: string): string | undefined => {
  const ip = sourceIp.toLowerCase();
  return mappedIpv4(ip) === undefined && ip.includes(':') ? ipv6Network(ip, 48) : undefined;
};

const mappedIpv4 = (ip: string): string | undefined => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(ip)?.[1];

const ipv6Network = (ip: string, prefixBits: 48 | 64): string => {
  const [head = '', tail] = ip.split('::');
  const headGroups = head === '' ? [] : head.split(':');
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - headGroups.length - tailGroups.length);
  const groups = [...headGroups, ...new Array<string>(zeros).fill('0'), ...tailGroups];
  return `${groups
    .slice(0, prefixBits / 16)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/${prefixBits}`;
};
