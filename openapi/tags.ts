import type { RouteText } from '../functions/contracts/route-texts.ts';

/** The groups of operations, in the order in which a new user meets them. */
const TAG_TEXTS: Readonly<Record<RouteText['tag'], string>> = {
  Account: 'Accounts, sessions and the profile of the user.',
  Videos: 'Declare a video, follow it, delete it.',
  Frames: 'Fetch what was extracted: the ZIP of all frames, or single frames.',
  Service: 'Whether the API is up, and the keys of its access tokens.',
};

export const TAGS = Object.entries(TAG_TEXTS).map(([name, description]) => ({ name, description }));
