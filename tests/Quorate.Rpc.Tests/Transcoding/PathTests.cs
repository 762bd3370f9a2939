using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Rpc.Transcoding;

namespace Quorate.Rpc.Tests.Transcoding;

/// <summary>Path templates, and which of them a path finds.</summary>
public sealed class PathTests
{
    static readonly RouteTable routes = new RpcServices().Add(VaultsReflection.Descriptor.Services[0], new VaultService()).Routes;

    [Theory]
    [InlineData("/v1/a", "v1 a", "", "")]
    [InlineData("/v1/{x}", "v1 *", "x@1+1", "")]
    [InlineData("/v1/{x.y=a/*/b/**}:go", "v1 a * b **", "x.y@1+4", "go")]
    [InlineData("/{a}/{b=c}/*:v", "* c *", "a@0+1 b@1+1", "v")]
    public void A_template_is_segments_variables_and_a_verb(string text, string segments, string variables, string verb)
    {
        var template = PathTemplate.Parse(text);
        Assert.Equal(segments, string.Join(' ', template.Segments));
        Assert.Equal(variables, string.Join(' ', template.Variables.Select(v => $"{v.FieldPath}@{v.Start}+{v.Count}")));
        Assert.Equal(verb, template.Verb);
        Assert.Equal(text, template.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData("/")]
    [InlineData("/v1//a")]
    [InlineData("/v1/")]
    [InlineData("/v1/**/a")]
    [InlineData("/v1/{a=**}/b")]
    [InlineData("/v1/{a")]
    [InlineData("/v1/a}")]
    [InlineData("/v1/{a={b}}")]
    [InlineData("/v1/{}")]
    [InlineData("/v1/{=a}")]
    [InlineData("/v1/{a}{b}")]
    [InlineData("/v1/{a}/{a}")]
    [InlineData("/v1/a:")]
    [InlineData("/v1/a*b")]
    [InlineData("/v1/a?b")]
    public void What_is_no_template_is_refused(string text) => Assert.Throws<FormatException>(() => PathTemplate.Parse(text));

    // A message that holds its own kind would otherwise become as deep as a query is long, and end whoever walks it.
    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(4000, false)]
    public void A_field_s_path_has_an_end(int parents, bool isFound)
    {
        var path = string.Concat(Enumerable.Repeat("parent.", parents)) + "display_name";
        if (!isFound)
        {
            Assert.Throws<FormatException>(() => FieldPath.Find(Owner.Descriptor, path, repeatedLast: false));
            return;
        }
        var owner = new Owner();
        FieldPath.Set(owner, FieldPath.Find(Owner.Descriptor, path, repeatedLast: false), "a");
        Assert.Contains("\"displayName\": \"a\"", owner.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/vaults/a/wallets/b", "GetWallet name=vaults/a/wallets/b")]
    [InlineData("GET", "/v1/vaults/a%2Fx/wallets/b%20c", "GetWallet name=vaults/a%2Fx/wallets/b c")]
    [InlineData("GET", "/v1/wallets/eip155:1", "GetWallet name=eip155:1")]
    [InlineData("GET", "/v1/wallets/a%2Fb%3Ac", "GetWallet name=a/b:c")]
    [InlineData("GET", "/v1/vaults/a/wallets", "ListWallets vault=a")]
    [InlineData("POST", "/v1/vaults/a:freeze", "Freeze name=vaults/a")]
    [InlineData("POST", "/v1/vaults/a:b:freeze", "Freeze name=vaults/a:b")]
    [InlineData("POST", "/v1/transfers:preview", "Preview ")]
    [InlineData("GET", "/v1/tags/a/b/c", "Tags name=a/b/c")]
    [InlineData("GET", "/v1/tags", "Tags name=")]
    [InlineData("GET", "/v1/vaults//wallets", "")]
    [InlineData("GET", "/v1/vaults/a/wallets/", "")]
    [InlineData("GET", "/v1/vaults/a/wallets/b/c", "")]
    [InlineData("GET", "/V1/wallets/a", "")]
    [InlineData("GET", "", "")]
    [InlineData("GET", "/", "")]
    [InlineData("POST", "/v1/vaults/a:melt", "")]
    [InlineData("DELETE", "/v1/vaults/a/wallets", "only GET, POST")]
    [InlineData("GET", "/v1/transfers:preview", "only POST")]
    public void A_path_finds_its_method(string method, string path, string found)
    {
        var matched = routes.TryMatch(method, path, out var match, out var allowed);
        var variables = matched ? string.Join(' ', match.Binding.Template.Variables.Select(v => $"{v.FieldPath}={match.Value(v)}")) : "";
        Assert.Equal(found, matched ? $"{match.Binding.Method.Descriptor.Name} {variables}" : allowed.Count > 0 ? $"only {string.Join(", ", allowed)}" : "");
    }

    [Fact]
    public void Two_methods_at_one_path_are_noticed_when_they_are_added()
    {
        var table = new RouteTable();
        var binding = HttpBinding.Of(ServiceBinder.Bind(VaultsReflection.Descriptor.Services[0], new VaultService(), "x", null)[0]).First();
        table.Add(binding);
        Assert.Contains("both answer GET", Assert.Throws<InvalidOperationException>(() => table.Add(binding)).Message, StringComparison.Ordinal);
    }
}
