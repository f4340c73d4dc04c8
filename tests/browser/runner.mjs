// A test is a sentence and a function. The function gets a stage, and whatever it has put there (pages,
// programs, sockets) is cleared away afterwards, however the test ends.

const TIME_LIMIT = 30_000;

const tests = [];

export function test(sentence, body) {
  tests.push({ sentence, body });
}

/// Runs the tests with `words` in their sentence. Returns how many failed, or 1 if there was none.
export async function run(newStage, words) {
  const chosen = tests.filter(({ sentence }) => sentence.includes(words));
  let failed = 0;
  for (const { sentence, body } of chosen) {
    const start = Date.now();
    const error = await outcome(newStage(), body);
    console.log(`${error ? 'FAILED' : 'ok    '}  ${sentence} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    if (error) {
      failed += 1;
      console.log(error.replace(/^/gm, '        '));
    }
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return chosen.length === 0 ? 1 : failed;
}

/// The error that the test ended with, if it did.
async function outcome(stage, body) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done in ${TIME_LIMIT / 1000} s\n${stage.story()}`)), TIME_LIMIT);
  });
  try {
    await Promise.race([body(stage), tooLong]);
    stage.assertNothingIsAmiss();
    return null;
  } catch (error) {
    // What the browser complained of is often the cause.
    return [error.stack, ...stage.faults].join('\n');
  } finally {
    clearTimeout(timer);
    await stage.close();
  }
}
