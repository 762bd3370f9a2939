using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Quorate.Testing;

namespace Quorate.System.Tests.Architecture;

/// <summary>ARCHITECTURE.md is true, and the two arrows that carry the security claim hold.</summary>
public class ArchitectureTests
{
    static readonly ReferenceTable table = ReferenceTable.FromArchitecture();

    public static TheoryData<string> Projects => [.. ProjectFile.InSource().Select(p => p.Name)];

    static ProjectFile Project(string name) => ProjectFile.InSource().Single(p => p.Name == name);

    [Fact]
    public void The_table_says_which_projects_stand() =>
        Assert.Equal(table.Standing.Order(), ProjectFile.InSource().Select(p => p.Name).Order());

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_what_the_table_allows(string name) =>
        Assert.Subset(table.AllowedFor(name), Project(name).ProjectReferences.ToHashSet());

    [Theory, MemberData(nameof(Projects))]
    public void A_project_opens_its_internals_to_tests_and_benchmarks_only(string name) =>
        Assert.All(Project(name).Friends, friend => Assert.True(
            Directory.Exists(Repository.PathOf($"tests/{friend}")) || Directory.Exists(Repository.PathOf($"bench/{friend}")),
            $"{name} opens its internals to {friend}."));

    [Fact]
    public void The_server_cannot_reach_a_share()
    {
        Assert.DoesNotContain("Threshold", table.Reach("Server"));
        Assert.DoesNotContain("Node", table.Reach("Server"));
        Assert.DoesNotContain("Threshold", table.Reach("Console"));
    }

    [Fact]
    public void The_node_can_judge_what_it_signs() => Assert.Superset(
        new HashSet<string> { "Threshold", "Chains", "Policies", "Journal" }, table.AllowedFor("Node"));

    [Theory]
    [InlineData("Cryptography")]
    [InlineData("Threshold")]
    public void The_cryptography_takes_no_packages(string name) => Assert.Empty(Project(name).PackageReferences);

    [Fact]
    public void What_all_projects_are_given_are_analysers_and_stays_out_of_what_they_ship()
    {
        var packages = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("PackageReference").ToArray();

        Assert.NotEmpty(packages);
        Assert.All(packages, package =>
        {
            Assert.EndsWith("Analyzers", package.Attribute("Include")!.Value, StringComparison.Ordinal);
            Assert.Equal("all", package.Attribute("PrivateAssets")?.Value);
        });
    }

    // The project files say what was meant; the assemblies say what was built.
    [Theory]
    [InlineData("Quorate.Cryptography", new string[0])]
    [InlineData("Quorate.Threshold", new[] { "Quorate.Cryptography" })]
    public void The_built_cryptography_refers_to_the_framework_only(string assembly, string[] ours)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var references = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));

        Assert.All(references, name => Assert.True(
            name.StartsWith("System.", StringComparison.Ordinal) || ours.Contains(name), $"{assembly} refers to {name}."));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var inSolution = XDocument.Load(Repository.PathOf("Quorate.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value);

        Assert.Equal(SourceTree.Files("src", "tests", "bench").Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).Order(), inSolution.Order());
    }

    [Fact]
    public void No_folder_has_a_name_that_says_nothing()
    {
        string[] forbidden = ["Core", "Common", "Abstractions", "Infrastructure", "Utils", "Util", "Helpers", "Shared", "Misc"];

        Assert.All(SourceTree.Files("src", "tests", "bench"), file =>
            Assert.Empty(file.Split('/')[..^1].SelectMany(folder => folder.Split('.')).Intersect(forbidden, StringComparer.OrdinalIgnoreCase)));
    }
}
