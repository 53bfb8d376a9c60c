/**
 * Preloaded into a process whose machine has a wrong clock. It shifts `Date`. Timers and monotonic clocks stay correct,
 * as on a machine whose clock is wrong.
 */
const offsetMilliseconds = Number(process.env.LOCAL_CLOCK_OFFSET_SECONDS) * 1000;
const RealDate = Date;
const now = (): number => RealDate.now() + offsetMilliseconds;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
});
