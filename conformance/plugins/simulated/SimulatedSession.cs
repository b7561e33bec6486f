using System.Runtime.CompilerServices;
using PyState.Conformance.Engine;
using PyState.Reference;
using PyState.Spec.Model;
using PyState.Spec.Versions;
using Alphabet = PyState.Spec.Model.Alphabet;

namespace PyState.Conformance.Plugins.Simulated;

/// <summary>An implementation of <see cref="IPyState"/> under test on the simulated interpreter: the in-process plug-in. Turns commands into calls of the
/// machine and its inspectors into an observation; knows nothing of the model's semantics.</summary>
public sealed class SimulatedSession : ISession, ISteppable
{
    // Beyond every fault of the machine: differs from whatever the model expects.
    private const byte ThrownFault = byte.MaxValue;

    private readonly SimMachine machine;
    private Exception? thrown;

    /// <summary>Puts an implementation on a fresh simulated interpreter.</summary>
    /// <param name="profile">The CPython version to simulate.</param>
    /// <param name="implementation">The implementation.</param>
    /// <param name="name">Its name.</param>
    /// <param name="choices">What the machine plays as a switcher.</param>
    public SimulatedSession(VersionProfile profile, IPyState implementation, string name = "reference", SimChoices choices = default)
    {
        machine = new SimMachine((CPythonVersion)profile.Minor, implementation, choices);
        Capabilities declared = SimulatedCapabilities.For(profile, name);
        Capabilities = declared with
        {
            Semantics = declared.Semantics with
            {
                FreshContext = (Spec.Model.FreshContext)choices.FreshContext,
                FinishTo = (Spec.Model.FinishTo)choices.FinishTo,
                FreshDepth = (Spec.Model.FreshDepth)choices.FreshDepth,
                SeparateStacks = choices.SeparateStacks,
                Limits = SimMachine.Limits.ToArray(),
            },
        };
    }

    /// <summary>Puts an implementation on a fresh simulated interpreter, and others of it on others, for other threads.</summary>
    /// <param name="profile">The CPython version to simulate.</param>
    /// <param name="implementation">Makes the implementation, a new one each time.</param>
    /// <param name="name">Its name.</param>
    /// <param name="choices">What the machine plays as a switcher.</param>
    public SimulatedSession(VersionProfile profile, Func<IPyState> implementation, string name = "reference", SimChoices choices = default)
        : this(profile, implementation(), name, choices) => Another = () => new SimulatedSession(profile, implementation, name, choices);

    /// <inheritdoc/>
    public Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public Func<ISteppable>? Another { get; }

    /// <inheritdoc/>
    public void Begin(Alphabet alphabet)
    {
        thrown = null;
        try
        {
            machine.Reset(alphabet == Alphabet.Api);
        }
        catch (Exception e)
        {
            thrown = e;
        }
    }

    /// <inheritdoc/>
    /// <remarks>An exception of the implementation ends the script as a fault does; <see cref="Run(IReadOnlyList{Script})"/> has its words.</remarks>
    public void Step(Command command, ref Observation observation)
    {
        if (thrown is null)
        {
            try
            {
                StepAndObserve(command, ref observation);
                return;
            }
            catch (Exception e)
            {
                thrown = e;
            }
        }

        observation = default;
        observation.Fault = ThrownFault;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScriptResult> Run(IReadOnlyList<Script> scripts) => [.. scripts.Select(Run)];

    /// <inheritdoc/>
    public void Restart()
    {
        // Every script begins on a fresh machine already.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing outlives the process.
    }

    private void StepAndObserve(Command command, ref Observation observation)
    {
        SimMachine machine = this.machine;
        observation.Status = (Status)Execute(machine, command);
        observation.Probe = machine.Probe;
        observation.Event = (byte)machine.Event;
        observation.Fault = FaultNumbers.Of(machine.Fault);
        if (observation.Fault != 0)
        {
            return; // the machine has stopped: there is nothing more to be seen
        }

        // An observation begins with what the machine shows, laid out alike: nothing is copied (a test compares the places).
        machine.Observe(ref Unsafe.As<Observation, SimObservation>(ref observation), observation.Raw);
    }

    private ScriptResult Run(Script script)
    {
        var observations = new Observation[script.Commands.Count + 1];
        Begin(script.Alphabet);
        for (int i = 0; i < observations.Length; i++)
        {
            Step(i < script.Commands.Count ? script.Commands[i] : new Command(Op.End), ref observations[i]);
            if (thrown is not null)
            {
                return new ScriptResult(Ending.Crashed, observations[..i], $"threw {thrown.GetType().Name}: {thrown.Message}".ReplaceLineEndings(" "), i);
            }

            if (observations[i].Fault != 0)
            {
                return new ScriptResult(Ending.Completed, observations[..(i + 1)], machine.FaultText);
            }
        }

        return new ScriptResult(Ending.Completed, observations);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SimStatus Execute(SimMachine machine, Command command) => command.Op switch
    {
        Op.End => End(machine),
        Op.Call => machine.Call(command.A),
        Op.Leave => machine.Leave(),
        Op.Except => machine.Except(command.A),
        Op.Reraise => machine.Reraise(),
        Op.Generator => machine.Generator(command.A),
        Op.Yield => machine.Yield(),
        Op.Var => machine.Var(command.A, command.B),
        Op.Context => machine.Context(command.A),
        Op.Trace => machine.Trace(command.A),
        Op.Profile => machine.Profile(command.A),
        Op.Callback => machine.Callback(command.A),
        Op.CTrace => machine.Callback(Blocks.CTraceFunction),
        Op.Finalizer => machine.Finalizer(),
        Op.Repr => machine.Repr(),
        Op.Trashcan => machine.Trashcan(),
        Op.Native => machine.Native(),
        Op.Recovering => machine.Recovering(),
        Op.Jit => machine.Jit(command.A),
        Op.Limit => machine.Limit(command.A),
        Op.Local => machine.Local(command.A),
        Op.Headroom => machine.Headroom(),
        Op.Census => machine.Census(),
        Op.Walk => machine.Walk(command.A),
        Op.Collect => machine.Collect(),
        Op.Async => machine.Async(command.A),
        Op.ExitThread => machine.ExitThread(),
        Op.Fork => machine.Fork(),
        Op.Finalize => machine.FinalizeInterpreter(),
        Op.Thread => machine.Thread(command.A),
        Op.Detach => machine.Detach(),
        Op.Attach => machine.Attach(),
        Op.Spawn => machine.Spawn(command.A),
        Op.Switch => machine.Switch(command.A),
        Op.Throw => machine.Throw(command.A, command.B),
        Op.Finish => machine.Finish(),
        Op.Fail => machine.Fail(command.A),
        Op.Kill => machine.Kill(command.A),
        Op.New => machine.New(command.A, command.B),
        Op.Save => machine.Save(command.A, command.B),
        Op.Restore => machine.Restore(command.A),
        Op.Discard => machine.Discard(command.A),
        Op.Drop => machine.Drop(command.A),
        Op.Top => machine.Top(command.A),
        Op.GetContext => machine.GetContext(command.A, command.B),
        Op.SetContext => machine.SetContext(command.A, command.B),
        Op.Traverse => machine.Traverse(command.A),
        Op.Clear => machine.Clear(command.A),
        Op.Abandoned => machine.Abandoned(),
        Op.Pending => machine.Pending(command.A),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "not an operation"),
    };

    private static SimStatus End(SimMachine machine)
    {
        machine.End();
        return SimStatus.Ok;
    }
}
