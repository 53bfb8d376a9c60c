/**
 * Preloaded into a process whose machine has a wrong clock: shifts what Date tells. Timers and monotonic clocks are as
 * ever, as they are where a clock is set wrong.
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
