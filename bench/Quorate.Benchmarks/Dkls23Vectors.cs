using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>Writes the published transcripts of docs/vectors anew, for when a protocol's revision changes.</summary>
static class Dkls23Vectors
{
    internal static void Run(string[] args)
    {
        foreach (var (t, n) in Dkls23Transcript.Cases)
        {
            var path = Repository.PathOf(Dkls23Transcript.PathOf(t, n));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Dkls23Transcript.Create(t, n));
            Console.WriteLine(path);
        }
    }
}
