import { readMedia } from '../simulator/media';
import { DREAMINA, fieldInput, jsonInput, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	bench.simulator.reset();
	bench.engine.log.length = 0;
});

describe('submit and wait', () => {
	it('turns an image and a prompt into a video file', async () => {
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput({ number_of_frames: 241, resolution: '1080P', seed: -1 })),
		);

		const [item] = execution.items('RunComfy');
		const [accepted] = bench.simulator.accepted;
		expect(execution.error('RunComfy')).toBeUndefined();
		expect(item?.json).toMatchObject({
			request_id: accepted?.id,
			model_id: DREAMINA,
			status: 'succeeded',
			cost: 0.12,
		});
		expect(item?.pairedItem).toEqual({ item: 0 });
		const bytes = await bench.engine.readBinary(item?.binary?.data as never);
		expect(bytes.equals(readMedia('video-1080p-241.mp4').bytes)).toBe(true);
	});
});
void jsonInput;
