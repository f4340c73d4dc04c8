// One line a case: `ok` or `not ok`, who was run against whom, and what had to be seen.

export function counter(between) {
  let failed = 0;
  return {
    async case(name, body) {
      try {
        await withDeadline(body());
        console.log(`ok      ${between}: ${name}`);
      } catch (error) {
        failed += 1;
        const reason = String(error.message).trim().replaceAll('\n', '\n        ');
        console.log(`not ok  ${between}: ${name}\n        ${reason}`);
      }
    },
    exit: () => process.exit(failed === 0 ? 0 : 1),
  };
}

function withDeadline(promise, seconds = 30) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing after ${seconds} seconds`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function assertContains(text, ...phrases) {
  const flat = text.replace(/\s+/g, ' ');
  for (const phrase of phrases) {
    if (!flat.includes(phrase)) throw new Error(`${JSON.stringify(phrase)} is not in:\n${text}`);
  }
}

export function assertEqual(actual, expected) {
  if (actual !== expected) throw new Error(`${actual} is not ${expected}`);
}
