using Quorate.V1;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>docs/errors.md has every code that callers meet, and no other.</summary>
public sealed class ErrorPageTests
{
    [Fact]
    public void The_page_has_every_code_that_stands_in_the_sources_and_no_other()
    {
        var inSources = ErrorCodes.InSources();
        var expected = inSources.Where(c => !ErrorCodes.OfOurOwn.Contains(c)).ToHashSet();
        string[] different = [.. expected.Except(ErrorPage.Rows.Select(r => r.Code)).Select(c => $"+{c}"), .. ErrorPage.Rows.Select(r => r.Code).Except(expected).Select(c => $"-{c}")];
        Assert.True(different.Length == 0, string.Join(' ', different));
        Assert.All(ErrorCodes.OfOurOwn, code => Assert.Contains(code, inSources));
    }

    [Fact]
    public void Every_method_that_it_names_is_there()
    {
        var known = Operation.All.Select(o => o.Method.Name).Concat(ErrorPage.Kinds).Append("none").ToHashSet();
        Assert.All(ErrorPage.Rows, r => Assert.DoesNotContain(r.Of, of => !known.Contains(of)));
        // What a role is asked for is asked of somebody.
        Assert.All(Operation.All.Where(o => o.Access.Roles.Count > 0 && o.Access.Roles.Contains(Role.Admin)), o => Assert.False(o.Access.Anonymous));
    }
}
