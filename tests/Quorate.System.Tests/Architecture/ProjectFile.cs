using System.Xml.Linq;
using Quorate.Testing;

namespace Quorate.System.Tests.Architecture;

/// <summary>One project of src/, as its file says. Projects are named without their "Quorate." here, as in ARCHITECTURE.md.</summary>
sealed class ProjectFile
{
    const string Prefix = "Quorate.";

    readonly XDocument document;

    ProjectFile(string path)
    {
        document = XDocument.Load(path);
        Name = ShortName(path);
    }

    internal string Name { get; }

    internal string[] ProjectReferences => [.. Includes("ProjectReference").Select(ShortName)];

    internal string[] PackageReferences => Includes("PackageReference");

    internal string[] Friends => Includes("InternalsVisibleTo");

    internal static ProjectFile[] InSource() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(path => new ProjectFile(path)),
    ];

    static string ShortName(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
        Assert.StartsWith(Prefix, name, StringComparison.Ordinal);
        return name[Prefix.Length..];
    }

    string[] Includes(string item) => [.. document.Descendants(item).Select(e => e.Attribute("Include")!.Value)];
}
