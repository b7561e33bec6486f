using System.Reflection;
using System.Runtime.Loader;
using PyState.Reference;

namespace PyState.Conformance.Plugins.Hosted;

/// <summary>Loads a .NET plug-in: an assembly with one public class that implements <see cref="IPyState"/>.</summary>
internal static class AssemblyPlugin
{
    private const string Advice = "docs/plug-ins.md shows one";

    /// <summary>Loads it into a context of its own, with whatever it brings along.</summary>
    /// <param name="path">The assembly.</param>
    /// <exception cref="SetupException">It is no plug-in: one line that says what is wrong with it.</exception>
    internal static LoadedPlugin Load(string path)
    {
        string file = Path.GetFileName(path);
        try
        {
            var context = new Context(Path.GetFullPath(path));
            Assembly assembly = context.LoadFromAssemblyPath(Path.GetFullPath(path));
            Type type = TypeOf(assembly, file);
            ConstructorInfo constructor = type.GetConstructor(Type.EmptyTypes)
                ?? throw new SetupException($"{type.Name} in {file} has no public constructor without parameters: add one");
            return new LoadedPlugin(
                assembly.GetName().Name ?? file,
                assembly.GetName().Version?.ToString(3) ?? "0",
                (IPyState)constructor.Invoke(null),
                []);
        }
        catch (BadImageFormatException e)
        {
            throw new SetupException($"{file} is no .NET assembly for this runtime: build it with dotnet build; {Advice}", e);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new SetupException($"the constructor in {file} threw {inner.GetType().Name}: {inner.Message}", e);
        }
        catch (Exception e) when (e is ReflectionTypeLoadException or TypeLoadException or MissingMethodException)
        {
            string why = (e as ReflectionTypeLoadException)?.LoaderExceptions.FirstOrDefault()?.Message ?? e.Message;
            throw new SetupException($"{file} was built against another PyState.Reference.dll than this one: build it again ({why.Split('\n')[0].TrimEnd('.', '\r')})", e);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException)
        {
            throw new SetupException($"{file} cannot be loaded ({e.Message.Split('\n')[0].TrimEnd('.', '\r')}): put what it needs beside it", e);
        }
    }

    private static Type TypeOf(Assembly assembly, string file)
    {
        Type[] candidates = [.. assembly.GetTypes().Where(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IPyState)))];
        Type[] offered = [.. candidates.Where(t => t.IsVisible)];
        return offered.Length switch
        {
            1 => offered[0],
            > 1 => throw new SetupException($"{file} has {offered.Length} public classes that implement IPyState ({string.Join(", ", offered.Select(t => t.Name).Order())}): leave one public"),
            _ when candidates.Length > 0 => throw new SetupException($"{candidates[0].Name} in {file} implements IPyState and is not public: make it public"),
            _ => throw new SetupException($"{file} has no class that implements PyState.Reference.IPyState: write one; {Advice}"),
        };
    }

    // The contract is this program's own, so that the plug-in's IPyState is the one that is called; all else is the plug-in's.
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileName(path), isCollectible: true)
    {
        private readonly AssemblyDependencyResolver resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(IPyState).Assembly.GetName().Name ? typeof(IPyState).Assembly
            : resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
            : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
