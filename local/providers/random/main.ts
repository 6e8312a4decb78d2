import { serve } from "../host/serve.ts";
import { random } from "./provider.ts";

await serve(random);
