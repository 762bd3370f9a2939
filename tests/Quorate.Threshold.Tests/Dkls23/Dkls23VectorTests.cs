using Quorate.Testing;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>The published transcripts. They change with a protocol's revision and never without one.</summary>
public sealed class Dkls23VectorTests
{
    [Theory, InlineData(2, 2), InlineData(2, 3), InlineData(3, 5)]
    public void The_published_transcript_comes_out_again_byte_for_byte(int t, int n) =>
        Assert.Equal(File.ReadAllText(Repository.PathOf(Dkls23Transcript.PathOf(t, n))), Dkls23Transcript.Create(t, n));
}
