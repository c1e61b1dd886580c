/**
 * Waits until something is so.
 *
 * @param what for the message when it never is
 * @throws Error after `seconds`
 */
export async function until(what: string, condition: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
	const deadline = Date.now() + seconds * 1_000;
	while (!(await condition())) {
		if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
