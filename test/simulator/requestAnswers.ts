import { errors, type ApiError } from './errorBodies';
import { withHabits, type HabitMemory } from './habits';
import type { State } from './requests';
import type { SimulatorSettings } from './simulator';

/** An accepted request of either API family, as calls about it see it. */
export interface AskedRequest {
	id: string;
	state(): State;
	statusAnswer(): Record<string, unknown>;
	resultAnswer(): Record<string, unknown>;
	/** Cancels what can be cancelled. */
	cancel(): Record<string, unknown>;
}

/** An error in RunComfy's terms, or the text of a JSON answer. */
export type RequestAnswer = { error: ApiError } | { text: string; status: number };

/** Answers status, result and cancel of a request the way a service with the habits that are switched on does. */
export function answerAbout(
	endpoint: 'status' | 'result' | 'cancel',
	request: AskedRequest,
	{ habits, runningWord, notReadyAs }: SimulatorSettings,
	memory: HabitMemory,
): RequestAnswer {
	const { id } = request;
	if (endpoint !== 'cancel' && memory.isAmongFirst(`unseen ${id}`, habits.unseenReads ?? 0))
		return { error: errors.unknownRequest };
	const reply = (answer: Record<string, unknown>, status = 200) => ({
		text: withHabits(habits, endpoint, answer),
		status,
	});
	if (endpoint !== 'cancel' && habits.mixedUpEvery && memory.isEvery('mixed up', habits.mixedUpEvery) > 0) {
		const status = endpoint === 'status' ? 'completed' : 'failed';
		return reply({ request_id: 'someone-elses', status, error: 'not yours' });
	}
	if (endpoint === 'status') {
		const status = request.statusAnswer();
		return reply(runningWord && status.status === 'in_progress' ? { ...status, status: runningWord } : status);
	}
	if (endpoint === 'cancel') {
		if (habits.looseCancel === 'promised') return reply({ request_id: id, status: 'cancellation_requested' }, 202);
		if (habits.looseCancel === 'claimed')
			return reply({ request_id: id, status: 'cancelled', outcome: 'cancelled' }, 202);
		return { text: JSON.stringify(request.cancel()), status: 202 };
	}
	const isReady = ['completed', 'cancelled'].includes(request.state());
	if (!isReady && notReadyAs === 'error') return { error: errors.notReady };
	const result = request.resultAnswer();
	const key = 'outputs' in result ? 'outputs' : 'output';
	const isLate = result[key] !== undefined && memory.isAmongFirst(`late ${id}`, habits.lateOutputs ?? 0);
	return reply(isLate ? { ...result, [key]: null } : result);
}
