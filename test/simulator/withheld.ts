/** Answers that a fault holds back on purpose: nothing happens to them unless time passes. */
export const withheldAnswers = { count: 0 };

/** Counts an answer as withheld while something goes on, such as a pause. */
export async function withhold<T>(work: () => Promise<T>): Promise<T> {
	withheldAnswers.count += 1;
	try {
		return await work();
	} finally {
		withheldAnswers.count -= 1;
	}
}
