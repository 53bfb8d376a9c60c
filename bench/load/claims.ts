import * as z from 'zod';
import type { System } from './system.ts';

/** The start of an extraction run: it claimed its job. */
export interface Claim {
  readonly videoId: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly claimedAt: number;
}

/**
 * Records every claim of a job in the transaction of the claim, because a job's row contains only its last claim. The
 * role of the functions may write only to its own schema, so the trigger runs with the rights of its owner.
 */
const NOTE_CLAIMS = `
  CREATE SCHEMA bench;
  CREATE TABLE bench.claim (
    video_id uuid NOT NULL, attempt integer NOT NULL, claimed_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  CREATE FUNCTION bench.note_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO bench.claim (video_id, attempt) VALUES (NEW.video_id, NEW.attempt);
      RETURN NEW;
    END $$;
  CREATE TRIGGER note_first_claim AFTER INSERT ON process.job
    FOR EACH ROW WHEN (NEW.run_id IS NOT NULL) EXECUTE FUNCTION bench.note_claim();
  CREATE TRIGGER note_claim AFTER UPDATE ON process.job
    FOR EACH ROW WHEN (NEW.run_id IS NOT NULL AND NEW.run_id IS DISTINCT FROM OLD.run_id)
    EXECUTE FUNCTION bench.note_claim();
`;

export const noteClaims = async ({ query }: System): Promise<void> => {
  await query(NOTE_CLAIMS);
};

const ClaimRow = z
  .object({ video_id: z.string(), attempt: z.int(), claimed_at: z.date() })
  .transform(
    (row): Claim => ({ videoId: row.video_id, attempt: row.attempt, claimedAt: row.claimed_at.getTime() }),
  );

/** All claims since {@link noteClaims}, the earliest first. */
export const readClaims = async ({ query }: System): Promise<Claim[]> => {
  const rows = await query('SELECT video_id, attempt, claimed_at FROM bench.claim ORDER BY claimed_at');
  return rows.map((row) => ClaimRow.parse(row));
};

/** Start of the first extraction, by video id. */
export const firstClaimsOf = (claims: readonly Claim[]): ReadonlyMap<string, number> =>
  new Map(claims.toReversed().map(({ videoId, claimedAt }) => [videoId, claimedAt]));
