namespace PyState.Conformance.Plugins;

/// <summary>An implementation that a folder describes.</summary>
public interface IFolder : IImplementation
{
    /// <summary>The folder: the place of its manifest, its switcher and its expectations.</summary>
    string Folder { get; }

    /// <summary>The manifest.</summary>
    Manifest Manifest { get; }
}
