import { AV_LOG_FATAL } from 'node-av/constants';
import { Log } from 'node-av/lib';
import { Channel } from './channel.ts';
import { serve } from './extractor.ts';

/** The child process that decodes. It has two pipes to the engine, no credentials and no files. */
Log.setLevel(AV_LOG_FATAL);
serve(new Channel());
process.exit(0);
