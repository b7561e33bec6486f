// The program `pystate`: the command line on the real console.

using System.Runtime.InteropServices;
using PyState.Conformance.Cli;
using PyState.Conformance.Plugins;
using PyState.Conformance.Plugins.Hosted;

// A plug-in lives in a process of its own, which is this program in another mode: no verb, for nobody types it.
if (args is [PluginHost.Mode, .. var hosted])
{
    return PluginHost.Run(hosted);
}

using var stop = new CancellationTokenSource();

// The first signal ends the run at the next script; a second one ends the program, whatever it is doing, and so does the first one where it waits for what it was told to read.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested && !InputFile.IsBeingRead;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

using var output = new StreamWriter(StandardStream.Output()) { AutoFlush = false };
using var error = new StreamWriter(StandardStream.Error()) { AutoFlush = true };
return CommandLine.Invoke(args, output, error, Terminal.Detect(), stop.Token);
