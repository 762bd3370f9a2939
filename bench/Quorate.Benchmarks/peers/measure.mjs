// How long one call takes, in nanoseconds, over so many milliseconds: the loop of every peer that measures itself.
export const measure = (works, q) => {
  const work = works[q.what](q);
  const begun = process.hrtime.bigint();
  const until = begun + BigInt(q.milliseconds) * 1000000n;
  let calls = 0;
  for (; process.hrtime.bigint() < until; calls += 4) {
    work();
    work();
    work();
    work();
  }
  return { nanoseconds: Number(process.hrtime.bigint() - begun) / calls };
};
