# %% question="summarise"
def summarise(values,*,digits=2,skip=None,good=[]):
    for v in values:
        if skip is None or v!=skip: good.append(v)
    if len(good)==0: return 0,None,None
    return len(good),round(sum(good)/len(good),digits),max(good)
# %% question="count_parameters"
def count_parameters(layers):
    n=[]
    for l in layers:
        k=l['kind']; b=l.get('bias',True)
        if k=='Linear': n.append(l['in_features']*l['out_features']+(l['out_features'] if b else 0))
        elif k=='Conv2d': n.append(l['in_channels']*l['out_channels']*l['kernel_size']+(l['out_channels'] if b else 0))
        elif k=='BatchNorm2d': n.append(2*l['num_features'])
        elif k=='Embedding': n.append(l['num_embeddings']*l['embedding_dim'])
        else: n.append(0)
    return n,sum(n)
# %% question="kind_of"
def kind_of(item,run):
    f=run[item]
    if f['saved']: return 'parameter'
    if f['from_predictions']: return 'metric'
    if f['chosen']: return 'hyperparameter'
    return 'data'
# %% question="read_metrics"
def read_metrics(confusion):
    n=len(confusion); t=sum(sum(r) for r in confusion)
    d=[confusion[i][i] for i in range(n)]
    r=[sum(confusion[i]) for i in range(n)]
    c=[sum(confusion[j][i] for j in range(n)) for i in range(n)]
    return {'accuracy':sum(d)/t,'precision':[d[i]/c[i] if c[i] else 0. for i in range(n)],'recall':[d[i]/r[i] if r[i] else 0. for i in range(n)],'majority':max(r)/t}
# %% question="train_step"
def train_step(model,x,y,lr):
    loss=F.cross_entropy(model(x),y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            if p.grad is not None: p-=lr*p.grad
    return loss.item()
