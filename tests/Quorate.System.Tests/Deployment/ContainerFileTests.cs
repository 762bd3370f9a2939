using System.Text.Json.Nodes;
using Quorate.Cli.Node;
using Quorate.Cli.Server;
using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.System.Tests.Deployment;

/// <summary>
/// The files of deploy/docker and deploy/kubernetes by checkers from npm and rules of our own (tests/interop/deploy/check.mjs).
/// No engine and no cluster is there to run them.
/// </summary>
public sealed class ContainerFileTests(ITestOutputHelper output)
{
    const string Checkers = "tests/interop/deploy", Docker = "deploy/docker", Kubernetes = "deploy/kubernetes";

    [Theory]
    [InlineData("dockerfile", $"{Docker}/Dockerfile")]
    [InlineData("compose", $"{Docker}/compose.yaml")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-genesis.yaml")]
    public async Task The_checkers_find_nothing_wrong(string kind, string file)
    {
        var (exitCode, said) = await CheckAsync(kind, Repository.PathOf(file));
        Assert.True((exitCode, said) == (0, ""), said);
    }

    // Each would be worth something to somebody who has got into a container, or would not start at all.
    [Theory]
    [InlineData("dockerfile", $"{Docker}/Dockerfile", "USER 1654:1654\n", "", "runs as root")]
    [InlineData("dockerfile", $"{Docker}/Dockerfile", "-chiseled", "", "has a shell")]
    [InlineData("dockerfile", $"{Docker}/Dockerfile", "WORKDIR /data", "WORKDIRS /data", "nstruction")]
    [InlineData("compose", $"{Docker}/compose.yaml", "  read_only: true\n", "", "root file system can be written")]
    [InlineData("compose", $"{Docker}/compose.yaml", "  cap_drop: [ALL]\n", "", "capabilities")]
    [InlineData("compose", $"{Docker}/compose.yaml", "networks: [relay-2]", "networks: [relay-1]", "is beside")]
    [InlineData("compose", $"{Docker}/compose.yaml", "networks: [relay-1]", "networks: [outside]", "more than the relay")]
    [InlineData("compose", $"{Docker}/compose.yaml", "127.0.0.1:7080", "7080", "open to the world")]
    [InlineData("compose", $"{Docker}/compose.yaml", "volumes: [\"node-2:/data\"]", "volumes: [\"node-1:/data\"]", "shares the volume")]
    [InlineData("compose", $"{Docker}/compose.yaml", "stop_grace_period: 30s", "stop_grace: 30s", "additional properties")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml", "runAsNonRoot: true", "runAsNonRoot: yess", "runAsNonRoot")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml", "capabilities: { drop: [ALL] }", "capabilities: {}", "capabilities")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "token")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml", "defaultMode: 0400", "defaultMode: 0444", "others read")]
    [InlineData("kubernetes", $"{Kubernetes}/jobs/node-init.yaml", "restartPolicy: Never", "restartPolicy: [Never]", "restartPolicy")]
    public async Task They_would_find_it(string kind, string file, string what, string instead, string problem)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf(file));
        Assert.Contains(what, text, StringComparison.Ordinal);
        var changed = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(changed, text.Replace(what, instead, StringComparison.Ordinal));
            var (exitCode, said) = await CheckAsync(kind, changed);
            Assert.Equal((1, true), (exitCode, said.Contains(problem, StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(changed);
        }
    }

    [Theory]
    [InlineData(".")]
    [InlineData("server")]
    [InlineData("node-1")]
    [InlineData("node-2")]
    [InlineData("node-3")]
    public async Task What_kustomize_makes_of_a_folder_is_valid_and_held(string folder)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(p => File.Exists(Path.Combine(p, "kubectl"))))
        {
            output.WriteLine("kubectl is not installed: the folders were not put together.");
            return;
        }
        var copy = Directory.CreateTempSubdirectory("quorate-kustomize-").FullName;
        try
        {
            Copy(Repository.PathOf(Kubernetes), copy);
            var (exitCode, rendered) = await ForeignTool.RunAsync(".", "kubectl", "kustomize", Path.Combine(copy, folder));
            Assert.True(exitCode == 0, rendered);
            await File.WriteAllTextAsync(Path.Combine(copy, "rendered.yaml"), rendered);
            var (code, said) = await CheckAsync("kubernetes", Path.Combine(copy, "rendered.yaml"));
            Assert.True((code, said) == (0, ""), said);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    // The server of the files is for production: it speaks of files that are there in the container alone.
    [Theory]
    [InlineData($"{Docker}/config/server.json")]
    [InlineData($"{Kubernetes}/server/server.json")]
    public void A_servers_configuration_is_read(string file)
    {
        var read = ServerConfiguration.Read(Repository.PathOf(file));
        Assert.Equal((read.Api.Certificate, "genesis.json"), (read.Relay.Certificate, read.Genesis));
        Assert.Contains("Passfile=/run/secrets/", read.Postgres, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{Docker}/config/node.json", $"{Docker}/config/server.json")]
    [InlineData($"{Kubernetes}/node-1/node.json", $"{Kubernetes}/server/server.json")]
    [InlineData($"{Kubernetes}/node-2/node.json", $"{Kubernetes}/server/server.json")]
    [InlineData($"{Kubernetes}/node-3/node.json", $"{Kubernetes}/server/server.json")]
    public void A_nodes_configuration_is_taken_and_names_the_servers_relay(string node, string server)
    {
        var options = NodeConfiguration.Read(Repository.PathOf(node)).ToOptions("data", _ => throw new InvalidOperationException());
        Assert.Equal(ServerConfiguration.Read(Repository.PathOf(server)).Relay.Name, options.Relay!.Name);
        Assert.NotNull(options.Relay.Tls);
    }

    // The build's stage copies file by file: what a project takes from elsewhere has to be among them.
    [Fact]
    public void The_dockerfile_copies_all_that_is_built_from_and_its_ignore_file_lets_it_through()
    {
        var lines = File.ReadAllLines(Repository.PathOf($"{Docker}/Dockerfile"));
        string[] copied = [.. lines.Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from", StringComparison.Ordinal)).SelectMany(l => l.Split(' ')[1..^1])];
        string[] ignored = File.ReadAllLines(Repository.PathOf($"{Docker}/Dockerfile.dockerignore"));

        Assert.All(copied, path => Assert.True(Path.Exists(Repository.PathOf(path)), path));
        Assert.Equal(copied.Order(), ignored.Where(l => l.StartsWith('!')).Select(l => l[1..]).Order());
        var outside = Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(f => File.ReadAllText(f).Split('"')).Where(v => v.StartsWith("../../", StringComparison.Ordinal)).Select(v => v[6..]).Distinct();
        Assert.All(outside, path => Assert.Contains(copied, c => path == c || path.StartsWith($"{c}/", StringComparison.Ordinal)));
    }

    static Task<(int ExitCode, string Output)> CheckAsync(string kind, string file) => ForeignTool.RunAsync(Checkers, "node", "check.mjs", kind, file);

    static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        // What an operator puts there.
        foreach (var folder in Directory.EnumerateDirectories(to).Where(d => Path.GetFileName(d) is "server" or ['n', 'o', 'd', 'e', '-', _]))
            File.WriteAllText(Path.Combine(folder, "genesis.json"), new JsonObject { ["quorateGenesis"] = 1 }.ToJsonString());
    }
}
