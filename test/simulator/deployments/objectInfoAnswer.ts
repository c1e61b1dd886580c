import type { Account } from '../accounts';
import type { FaultAction, PlannedAnswer } from '../faults';
import type { ObjectInfoHabit } from './types';

/** What a call for object_info gets: an answer, and maybe a way to send it that takes its time. */
export interface ObjectInfoAnswer {
	answer: PlannedAnswer;
	action?: FaultAction;
}

/**
 * Serves an object_info file by its habit.
 *
 * @param account of the token; undefined without a valid one
 * @param isElsewhere whether the call came by the other name of the simulator, where no token belongs
 */
export function objectInfoAnswer(
	habit: ObjectInfoHabit,
	call: { path: string; url: string; text: string; account: Account | undefined; isElsewhere: boolean },
): ObjectInfoAnswer {
	const { path, url, text, account, isElsewhere } = call;
	const elsewhere = `${url.replace('127.0.0.1', 'localhost')}${path}`;
	if (habit === 'redirectLoop') return { answer: redirect(`${url}${path}`) };
	if (habit === 'forbidden' || (account === undefined && !isElsewhere))
		return { answer: jsonText(403, '{"message":"Forbidden"}') };
	switch (habit) {
		case 'missing':
			return { answer: jsonText(404, '{"message":"Not Found"}') };
		case 'html':
			return { answer: textAnswer(200, 'text/html', '<!doctype html><h1>Sign in</h1>') };
		case 'broken':
			return { answer: jsonText(200, text.slice(0, 100_000)) };
		case 'nan':
			return { answer: jsonText(200, text.replaceAll('"max":20', '"max":NaN')) };
		case 'redirect':
			return isElsewhere ? { answer: jsonText(200, text) } : { answer: redirect(elsewhere) };
		case 'drip':
			return { answer: jsonText(200, text), action: { type: 'drip', pieces: 1_000, everyMs: 1_000 } };
		case 'endless':
			return { answer: jsonText(200, text), action: { type: 'endless' } };
		default:
			return { answer: jsonText(200, text) };
	}
}

function redirect(location: string): PlannedAnswer {
	return { status: 302, headers: { location }, body: Buffer.alloc(0) };
}

function jsonText(status: number, body: string): PlannedAnswer {
	return textAnswer(status, 'application/json', body);
}

function textAnswer(status: number, contentType: string, body: string): PlannedAnswer {
	return { status, headers: { 'content-type': contentType }, body: Buffer.from(body) };
}
