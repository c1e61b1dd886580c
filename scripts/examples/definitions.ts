import { agentExample } from './agent';
import { basicExamples } from './basics';
import type { ExampleInputs } from './parts';
import { agentWithBudget } from './recipes/agentWithBudget';
import { askBeforePaying } from './recipes/askBeforePaying';
import { collectAfterStop } from './recipes/collectAfterStop';
import { comparePrompts } from './recipes/comparePrompts';
import { imageToVideoToPost } from './recipes/imageToVideoToPost';
import { lyricsToSong } from './recipes/lyricsToSong';
import { nightlyBatch } from './recipes/nightlyBatch';
import { ownWorkflow } from './recipes/ownWorkflow';
import { productVideos } from './recipes/productVideos';
import { upscaleUpload } from './recipes/upscaleUpload';
import type { Example } from './toWorkflow';
import { webhookExamples } from './webhooks';

/** All examples. The recipes are in the order of docs/recipes.md. */
export function examples(input: ExampleInputs): Example[] {
	return [
		...basicExamples(input),
		...webhookExamples(input),
		agentExample(),
		productVideos(input),
		nightlyBatch(input),
		comparePrompts(input),
		upscaleUpload(input),
		imageToVideoToPost(input),
		lyricsToSong(input),
		ownWorkflow(input),
		askBeforePaying(input),
		agentWithBudget(),
		collectAfterStop(),
	];
}
