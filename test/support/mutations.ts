/** A generator of numbers in [0, 1), the same for the same seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export type Mutation = (bytes: Buffer, other: Buffer, random: () => number) => Buffer;

const at = (bytes: Buffer, random: () => number): number => Math.floor(random() * bytes.length);

/** A position for damage. Half of them are in the first and last part, which hold headers and index. */
const somewhere = (bytes: Buffer, random: () => number): number => {
  const place = random();
  if (place < 0.25) return Math.floor(random() * Math.min(bytes.length, 2048));
  if (place < 0.5) return Math.max(0, bytes.length - 1 - Math.floor(random() * 8192));
  return at(bytes, random);
};

/** Ways to damage a file. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  truncated: (bytes, _, random) => bytes.subarray(0, at(bytes, random)),
  'beginning cut off': (bytes, _, random) => bytes.subarray(at(bytes, random)),
  'bits flipped': (bytes, _, random) => {
    const result = Buffer.from(bytes);
    for (let flips = 1 + Math.floor(random() * 40); flips > 0; flips -= 1) {
      const place = somewhere(result, random);
      result[place] = (result[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return result;
  },
  'numbers made extreme': (bytes, _, random) => {
    const result = Buffer.from(bytes);
    const extremes = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe];
    for (let count = 1 + Math.floor(random() * 6); count > 0; count -= 1) {
      const place = Math.min(somewhere(result, random), result.length - 4);
      if (place >= 0) result.writeUInt32BE(extremes[Math.floor(random() * extremes.length)] ?? 0, place);
    }
    return result;
  },
  'spliced with another': (bytes, other, random) =>
    Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))]),
  'stretch repeated': (bytes, _, random) => {
    const [start, end] = [at(bytes, random), at(bytes, random)].toSorted((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  'stretch zeroed': (bytes, _, random) => {
    const start = somewhere(bytes, random);
    return Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + Math.floor(random() * 20_000)));
  },
};
